/** Plots of the reports over time, drawn by uPlot (a global of uplot.js). */
import {h, put} from './dom.js';
import {count, exact, few, hour, micros, shortDay} from './format.js';
import {colour, fill, swatch} from './tiers.js';

const uPlot = () => globalThis.uPlot;
const FONT = '12px system-ui, sans-serif';
const DAY = 86_400;

/** The time axis in as few words as do: hours within a day, days otherwise. */
function times(plot, splits, axis, space, step) {
  return splits.map(at => step >= DAY || new Date(at * 1000).getHours() + new Date(at * 1000).getMinutes() === 0
    ? shortDay(at * 1000) : hour(at * 1000));
}

function axes({format, showTimes, log}) {
  const common = {
    stroke: () => colour('--dim'), font: FONT, ticks: {show: false},
    grid: {stroke: () => colour('--line'), width: 1},
  };
  return [
    {...common, values: showTimes ? times : (plot, splits) => splits.map(() => ''), size: showTimes ? 28 : 6, space: 72},
    {...common, values: (plot, splits) => splits.map(value => value === null ? '' : format(value)), size: 56, space: 28, gap: 8,
      ...(log ? {splits: plot => powers(plot.scales.y), filter: (plot, splits) => splits} : {})},
  ];
}

/**
 * A plot with its title and, beside it, what each of its lines says at the cursor, or at the end.
 *
 * @param series [{id, label, values, stroke, dash, tier}], bottom first where they are stacked
 * @param span   {from, to} in seconds since 1970
 * @param pick   is told what was dragged over, in seconds since 1970
 */
export class Plot {
  #options;
  #plot = null;
  #readings = [];
  #moment = h('span', {class: 'moment'});
  #observer;
  element;

  constructor(options) {
    this.#options = options;
    this.title = h('h3', {});
    this.legend = h('ul', {class: 'legend'});
    this.canvas = h('div', {class: 'plot', role: 'img'});
    this.element = h('section', {class: 'plot-section'},
      h('div', {class: 'plot-head'}, this.title, this.legend, this.#moment), this.canvas);
    this.#observer = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
    this.#observer.observe(this.canvas);
  }

  close() {
    this.#observer.disconnect();
    this.#plot?.destroy();
  }

  #size() {
    return {width: Math.max(200, this.canvas.clientWidth), height: this.#options.height};
  }

  /** Draws anew. */
  draw({title, times: at, series, span, last, format, summary, line}) {
    const {stacked = false, log = false} = this.#options;
    this.title.textContent = title;
    this.canvas.setAttribute('aria-label', summary);
    this.#readings = series.map(each => ({each, value: h('b', {})}));
    put(this.legend, this.#readings.map(({each, value}) => h('li', {},
      each.tier ? swatch(each.tier) : h('span', {class: `stroke ${each.dash ? 'dashed' : ''} ${each.kind}`, 'aria-hidden': 'true'}),
      each.label, ' ', value)));
    this.#read(format, series, at, last, null);
    this.#plot?.destroy();
    const lines = stacked ? stack(series) : series.map(each => each.values);
    const drawn = stacked ? [...series.keys()].reverse() : [...series.keys()];
    const highest = Math.max(line?.at ?? 0, ...lines.flat().filter(value => value !== null), 0);
    const options = {
      ...this.#size(),
      padding: [8, 16, 0, 0],
      legend: {show: false},
      cursor: {
        sync: {key: this.#options.sync}, y: false,
        drag: {x: true, y: false, setScale: false},
        points: {size: 6, fill: plot => colour('--ground')},
      },
      scales: {
        x: {time: true, range: () => [span.from, span.to]},
        y: log ? {distr: 3, range: (plot, low, high) => logRange(low, high)} : {range: () => [0, highest > 0 ? highest * 1.08 : 1]},
      },
      axes: axes({format, log, showTimes: this.#options.showTimes || innerWidth < 640}),
      series: [{}, ...drawn.map(index => {
        const each = series[index];
        return {
          label: each.label, stroke: () => colour(each.stroke), width: stacked ? 1 : 1.5, dash: each.dash,
          fill: stacked ? plot => fill(plot.ctx, each.tier) : undefined,
          paths: stacked || this.#options.stepped ? uPlot().paths.stepped({align: 1}) : undefined,
          points: stacked || this.#options.stepped ? {show: false} : {size: 4, fill: () => colour(each.stroke)},
        };
      })],
      hooks: {
        setCursor: [plot => this.#read(format, series, at, last, plot.cursor.idx)],
        setSelect: [plot => this.#select(plot)],
        draw: line ? [plot => limitLine(plot, line)] : [],
      },
    };
    this.#plot = new (uPlot())(options, [at, ...drawn.map(index => lines[index])], this.canvas);
    // Its canvas says nothing of its own: the element around it does.
    this.canvas.firstChild?.setAttribute('aria-hidden', 'true');
  }

  #select(plot) {
    const {left, width} = plot.select;
    if (width > 8) {
      this.#options.pick?.(Math.floor(plot.posToVal(left, 'x')), Math.ceil(plot.posToVal(left + width, 'x')));
      plot.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
    }
  }

  #read(format, series, at, last, index) {
    const shown = index ?? last;
    this.#moment.textContent = index === null || index === undefined ? '' : exact(at[index] * 1000).replace(/:\d\d [A-Z+].*$/, '');
    this.#readings.forEach(({each, value}) => {
      const told = each.values[shown];
      value.textContent = told === null || told === undefined ? '–' : format(told);
    });
  }
}

function stack(series) {
  const sums = [];
  return series.map(each => each.values.map((value, index) =>
    value === null ? null : (sums[index] = (sums[index] ?? 0) + value)));
}

/** A logarithmic axis is marked at every other power of ten, or at each where there are few. */
function powers({min, max}) {
  const first = Math.round(Math.log10(min));
  const count = Math.round(Math.log10(max)) - first;
  return Array.from({length: count + 1}, (none, index) => first + index)
    .filter(power => count < 3 || (power - first) % 2 === 0).map(power => 10 ** power);
}

function logRange(low, high) {
  if (!(low > 0)) {
    return [100, 1_000_000];
  }
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(Math.max(high, low * 10)))];
}

/** A limit that the lines are seen against, with its name. */
function limitLine(plot, {at, label}) {
  const {ctx, bbox} = plot;
  const y = Math.round(plot.valToPos(at, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = colour('--text');
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.fillStyle = colour('--dim');
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(label, bbox.left + bbox.width - 4, y + 4);
  ctx.restore();
}

export const formats = {rate: few, time: micros, count};

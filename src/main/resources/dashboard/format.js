/** How numbers, money and times are written. Each number says its unit, or stands in a column that does. */
import {h} from './dom.js';

const MICROS = 1_000_000;
const COUNT = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
const DOLLARS = new Intl.NumberFormat('en-US', {minimumFractionDigits: 2, maximumFractionDigits: 2});
const EXACT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});
const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'long'});
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const HOUR = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit'});
const SECOND = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

/** How far the server's clock is ahead of the browser's, in milliseconds. */
let ahead = 0;

/** Takes the server's time, which is what all times are told by. */
export function setServerTime(at) {
  ahead = Date.parse(at) - Date.now();
}

/** The server's time, in milliseconds since 1970. */
export function now() {
  return Date.now() + ahead;
}

export const count = value => COUNT.format(value ?? 0);

export function many(value, one, more = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** Dollars with two decimals. */
export function dollars(micros) {
  const amount = (micros ?? 0) / MICROS;
  return `${amount < 0 ? '−' : ''}$${DOLLARS.format(Math.abs(amount))}`;
}

/** Dollars with two decimals, exact to the micro-dollar on hover. */
export function money(micros, attributes) {
  return h('span', {class: 'money', title: exactMoney(micros), ...attributes}, dollars(micros));
}

export const exactMoney = micros => `${count(micros)} micro-dollars`;

/** A share in percent with one decimal: never 100 % where it is not all, nor 0 % where it is something. */
export function percent(part, whole) {
  if (!whole) {
    return '0 %';
  }
  const tenths = Math.round(1000 * part / whole);
  const kept = part < whole ? Math.min(999, part > 0 ? Math.max(1, tenths) : 0) : 1000;
  return kept === 1000 || kept === 0 ? `${kept / 10} %` : `${(kept / 10).toFixed(1)} %`;
}

/** A number of few digits, such as of a rate. */
export function few(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  return value === 0 ? '0' : value >= 100 ? COUNT.format(value) : value >= 10 ? trimmed(value, 1) : trimmed(value, 2);
}

const trimmed = (value, digits) => String(Number(value.toFixed(digits)));

/** A duration given in microseconds. */
export function micros(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  return value < 1000 ? `${Math.round(value)} µs` : value < MICROS ? `${few(value / 1000)} ms` : `${few(value / MICROS)} s`;
}

export function bytes(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  return value < 1024 ? `${count(value)} B` : value < 1 << 20 ? `${few(value / 1024)} KB`
    : value < 1 << 30 ? `${few(value / (1 << 20))} MB` : `${few(value / (1 << 30))} GB`;
}

const UNITS = [[86_400, 'day'], [3_600, 'hour'], [60, 'minute']];

/** A length of time in words, with its largest unit: "3 minutes". */
export function span(seconds) {
  for (const [size, name] of UNITS) {
    if (seconds >= size) {
      return many(Math.floor(seconds / size), name);
    }
  }
  return many(Math.max(0, Math.floor(seconds)), 'second');
}

const SHORT = {day: 'd', hour: 'h', minute: 'min', second: 's'};
export const short = words => words.replace(/ (day|hour|minute|second)s?/, (all, unit) => ` ${SHORT[unit]}`);

function relative(time) {
  const seconds = (time - now()) / 1000;
  if (Math.abs(seconds) < 1) {
    return 'now';
  }
  return seconds > 0 ? `in ${short(span(seconds))}` : `${short(span(-seconds))} ago`;
}

export const exact = at => EXACT.format(new Date(at));
export const day = at => DAY.format(new Date(at));
export const shortDay = at => SHORT_DAY.format(new Date(at));
export const hour = at => HOUR.format(new Date(at));
export const second = at => SECOND.format(new Date(at));

/** A time told from now, with the exact one on hover; it is kept up to date by refreshTimes(). */
export function when(at, never = 'never') {
  if (!at) {
    return h('span', {class: 'dim'}, never);
  }
  const time = Date.parse(at);
  return h('time', {datetime: at, title: exact(at), 'data-relative': time}, relative(time));
}

/** Has all times on the page say how long ago they are by now. */
export function refreshTimes(root = document) {
  for (const element of root.querySelectorAll('time[data-relative]')) {
    const told = relative(Number(element.dataset.relative));
    if (element.textContent !== told) {
      element.textContent = told;
    }
  }
}

/**
 * Where answers come from. Each has one colour (a custom property of app.css) and one pattern, in plots and tables alike.
 * Of the results in the reports, "refreshed" is none of these: nobody asked for it.
 */
export const TIERS = [
  {id: 'near', label: 'near', pattern: 'solid', results: ['hit_near']},
  {id: 'redis', label: 'Redis', pattern: 'rising', results: ['hit_redis']},
  {id: 'sql', label: 'database', pattern: 'falling', results: ['hit_sql']},
  {id: 'stale', label: 'stale', pattern: 'dots', results: ['stale']},
  {id: 'rentcast', label: 'Rentcast', pattern: 'level', results: ['miss', 'coalesced', 'revalidated', 'bypass']},
  {id: 'refused', label: 'refused', pattern: 'grid', results: ['refused']},
  {id: 'failed', label: 'failed', pattern: 'upright', results: ['failed']},
];

/** How many questions of a report's row each tier answered, in the order of TIERS. */
export function byTier(byResult = {}) {
  return TIERS.map(tier => tier.results.reduce((sum, result) => sum + (byResult[result] ?? 0), 0));
}

/** What a custom property holds at present. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const SIZE = 8;
const STROKES = {
  rising: [[-1, 9, 9, -1], [-1, 1, 1, -1], [7, 9, 9, 7]],
  falling: [[-1, -1, 9, 9], [7, -1, 9, 1], [-1, 7, 1, 9]],
  level: [[0, 2, 8, 2], [0, 6, 8, 6]],
  upright: [[2, 0, 2, 8], [6, 0, 6, 8]],
  grid: [[0, 4, 8, 4], [4, 0, 4, 8]],
};

/** Draws a tier's pattern into a context, in a square of 8 units. */
function tile(context, tier) {
  context.fillStyle = colour(`--tier-${tier.id}`);
  context.fillRect(0, 0, SIZE, SIZE);
  context.fillStyle = context.strokeStyle = colour('--ground');
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  if (tier.pattern === 'dots') {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      context.beginPath();
      context.arc(x, y, 1.1, 0, 2 * Math.PI);
      context.fill();
    }
  }
  for (const [x1, y1, x2, y2] of STROKES[tier.pattern] ?? []) {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
}

function tileCanvas(tier, side) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  context.scale(side / SIZE, side / SIZE);
  tile(context, tier);
  return canvas;
}

/** What fills a tier's area in a plot. */
export function fill(context, tier) {
  return context.createPattern(tileCanvas(tier, Math.round(SIZE * devicePixelRatio)), 'repeat');
}

/** A small square with a tier's colour and pattern, for the eye only. */
export function swatch(tier) {
  const canvas = tileCanvas(tier, SIZE * 2);
  canvas.className = 'swatch';
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

/** The page: who is signed in, which tab is shown, and what holds on all of them. */
import {Api} from './api.js';
import {h, put} from './dom.js';
import {failed, notice, open, say} from './dialogs.js';
import {refreshTimes, setServerTime, span} from './format.js';
import {Live} from './live.js';

const ROOT = '/dashboard';
const TABS = [
  {id: '', label: 'Overview', letter: 'o', load: () => import('./overview.js')},
  {id: 'questions', label: 'Questions', letter: 'q', load: () => import('./questions.js')},
  {id: 'keys', label: 'Keys', letter: 'k', load: () => import('./keys.js')},
  {id: 'money', label: 'Money', letter: 'm', load: () => import('./money.js')},
  {id: 'events', label: 'Events', letter: 'e', load: () => import('./events.js')},
  {id: 'settings', label: 'Settings', letter: 's', load: () => import('./settings.js')},
];
const THEMES = ['system', 'light', 'dark'];

const main = document.getElementById('main');
const top = document.getElementById('top');
let session = null;
let screen = null;
let shown = 0;
/** Whether the search is to have the focus as soon as there is one. */
let wantsSearch = false;

/* ---- The address: /dashboard/TAB?range=…&search=…, so that a view can be sent to a colleague. ---- */

function route() {
  const id = location.pathname.slice(ROOT.length).replace(/^\//, '');
  return {tab: TABS.find(tab => tab.id === id) ?? TABS[0], params: Object.fromEntries(new URLSearchParams(location.search))};
}

function address(id, params = {}) {
  const kept = Object.entries(params).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  const query = new URLSearchParams(kept).toString();
  return ROOT + (id ? `/${id}` : '') + (query ? `?${query}` : '');
}

function go(id, params, {replace = false} = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address(id, params));
  show();
}

/** Changes some of the address's parameters and stays on the tab. */
function change(changes, options) {
  const {tab, params} = route();
  go(tab.id, {...params, ...changes}, options);
}

/* ---- Signing in. ---- */

function signIn(reason) {
  leave();
  const wrong = h('p', {class: 'wrong', role: 'alert'}, reason ?? '');
  const key = h('input', {id: 'key', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true});
  const button = h('button', {type: 'submit', class: 'primary'}, 'Sign in');
  put(top, h('span', {class: 'mark'}, 'RentCache'), h('span', {class: 'grow'}), themeButton());
  put(main, h('form', {class: 'sign-in', onsubmit: async event => {
    event.preventDefault();
    button.disabled = true;
    put(wrong, '');
    const api = new Api(key.value.trim(), problem => session?.api === api && signIn(problem.message));
    try {
      const figures = await api.get('/now');
      enter(api, figures);
    } catch (problem) {
      put(wrong, problem.message);
      button.disabled = false;
      key.select();
    }
  }}, h('h1', {}, 'Sign in'), h('label', {for: 'key'}, 'A key with the permission admin', key), wrong, button,
  h('p', {class: 'dim'}, 'It is kept in this page’s memory alone; a reload asks again. A new one is made by:'),
  h('pre', {}, h('code', {tabindex: 0}, 'rentcache keys create --name me --permissions admin'))));
  document.title = 'Sign in · RentCache';
  key.focus();
}

function leave() {
  session?.live.end();
  session = null;
  screen?.close?.();
  screen = null;
  document.querySelectorAll('dialog').forEach(dialog => dialog.close());
}

function enter(api, figures) {
  setServerTime(figures.at);
  const live = new Live(api);
  live.now = figures;
  session = {api, live, go, change, say, notice, failed};
  live.addEventListener('now', () => setServerTime(live.now.at));
  live.addEventListener('tick', connection);
  live.addEventListener('connection', connection);
  header();
  show();
}

/* ---- What stands above every tab. ---- */

function header() {
  put(top,
    h('a', {class: 'mark', href: ROOT, onclick: follow}, 'RentCache'),
    h('nav', {'aria-label': 'Tabs'}, TABS.map(tab => h('a', {href: address(tab.id), 'data-tab': tab.id, onclick: follow}, tab.label))),
    h('span', {class: 'grow'}),
    h('span', {id: 'connection', role: 'status'}),
    h('span', {class: 'tools'}, themeButton(),
      h('button', {type: 'button', class: 'quiet', onclick: help, 'aria-label': 'Keys of the keyboard'}, '?'),
      h('button', {type: 'button', class: 'quiet', onclick: () => signIn()}, 'Sign out')));
  connection();
}

function follow(event) {
  if (!event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(event.currentTarget.dataset.tab ?? '');
  }
}

function connection() {
  const place = document.getElementById('connection');
  if (!place || !session) {
    return;
  }
  const stale = session.live.staleSeconds();
  const told = session.live.connected && stale < 5 ? 'live' : stale < 2 ? 'connecting' : `stale since ${span(stale).replace(/ seconds?$/, ' s')}`;
  if (place.textContent !== told) {
    // A screen reader hears of the loss and of the end of it, not of every second of it.
    place.setAttribute('aria-live', place.className === told.split(' ')[0] ? 'off' : 'polite');
    place.className = told.split(' ')[0];
    place.textContent = told;
  }
  document.body.classList.toggle('is-stale', told.startsWith('stale'));
}

function themeButton() {
  const root = document.documentElement;
  const name = () => [h('span', {class: 'wide'}, 'Theme: '), root.dataset.theme ?? 'system'];
  const button = h('button', {type: 'button', class: 'quiet', 'aria-label': `Theme: ${root.dataset.theme ?? 'system'}`, onclick: () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'system') + 1) % THEMES.length];
    if (next === 'system') {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = next;
    }
    remember('theme', next);
    put(button, name());
    button.setAttribute('aria-label', `Theme: ${next}`);
    screen?.redraw?.();
  }}, name());
  return button;
}

/** The theme is the one thing that outlives the page. */
function remember(name, value) {
  try {
    localStorage.setItem(`rentcache.${name}`, value);
  } catch {
    // A browser may keep nothing; then the theme is chosen anew.
  }
}

/* ---- The tabs. ---- */

async function show() {
  if (!session) {
    return;
  }
  const {tab, params} = route();
  document.title = `${tab.label} · RentCache`;
  for (const link of top.querySelectorAll('nav a')) {
    link.toggleAttribute('aria-current', link.dataset.tab === tab.id);
    if (link.dataset.tab === tab.id) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
  }
  if (screen?.tab === tab.id) {
    screen.update(params);
    return;
  }
  screen?.close?.();
  screen = null;
  const turn = ++shown;
  const module = await tab.load();
  if (turn === shown && session) {
    const place = h('div', {class: `screen ${tab.id ? `tab-${tab.id}` : 'overview'}`});
    put(main, place);
    screen = module.show(place, session);
    screen.tab = tab.id;
    screen.update(params);
    if (wantsSearch) {
      wantsSearch = false;
      place.querySelector('input[type=search]')?.focus();
    }
  }
}

/* ---- The keyboard. ---- */

const KEYS = [
  ['/', 'search'],
  ...TABS.map(tab => [`g ${tab.letter}`, tab.label]),
  ['Esc', 'close what is open'],
  ['?', 'this'],
];

function help() {
  const close = open('Keys', h('dl', {class: 'keys-help'}, KEYS.map(([key, what]) => [
    h('dt', {}, key.split(' ').map(part => h('kbd', {}, part))), h('dd', {}, what)])),
  h('p', {class: 'dim'}, 'Drag in a plot to look closer at a time.'),
  h('div', {class: 'acts'}, h('button', {type: 'button', class: 'primary', onclick: () => close()}, 'Close')));
}

let went = 0;

addEventListener('keydown', event => {
  const field = event.target.closest?.('input, textarea, select, dialog');
  if (!session || field || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const after = Date.now() - went < 1_500;
  went = 0;
  const tab = TABS.find(each => each.letter === event.key);
  if (after && tab) {
    go(tab.id);
  } else if (event.key === 'g') {
    went = Date.now();
    return;
  } else if (event.key === '?') {
    help();
  } else if (event.key === '/') {
    const search = document.querySelector('input[type=search]');
    if (search) {
      search.focus();
      search.select();
    } else {
      wantsSearch = true;
      if (screen) {
        go('questions');
      }
    }
  } else {
    return;
  }
  event.preventDefault();
});

addEventListener('popstate', show);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => screen?.redraw?.());
setInterval(refreshTimes, 5_000);
try {
  const theme = localStorage.getItem('rentcache.theme');
  if (THEMES.includes(theme) && theme !== 'system') {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // As in remember().
}
signIn();

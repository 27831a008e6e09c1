/** Dialogs, and the notices in which results appear. A dialog is the browser's own: it holds the focus and Escape ends it. */
import {h, put} from './dom.js';

const NOTICE_SECONDS = 12;

/** Says something to screen readers. */
export function say(sentence) {
  const spoken = document.getElementById('spoken');
  spoken.textContent = '';
  requestAnimationFrame(() => { spoken.textContent = sentence; });
}

/** Shows what came of an act, with what takes it back where that can be. */
export function notice(sentence, {undo, wrong = false} = {}) {
  const box = h('div', {class: wrong ? 'notice wrong' : 'notice'}, h('span', {}, sentence));
  const close = () => box.remove();
  if (undo) {
    box.append(h('button', {type: 'button', onclick: () => { close(); undo(); }}, 'Undo'));
  }
  box.append(h('button', {type: 'button', class: 'quiet', 'aria-label': 'Dismiss the notice', onclick: close}, 'Dismiss'));
  document.getElementById('notices').append(box);
  say(sentence);
  if (!wrong) {
    let left = NOTICE_SECONDS;
    const timer = setInterval(() => {
      // It waits while it is being read or is about to be used.
      if (!box.matches(':hover, :focus-within') && --left <= 0) {
        clearInterval(timer);
        close();
      }
    }, 1_000);
  }
}

export const failed = problem => notice(problem.message, {wrong: true});

/** Opens a dialog around what it is given; what it returns closes it. */
export function open(title, ...content) {
  const dialog = h('dialog', {'aria-labelledby': 'dialog-title'}, h('h2', {id: 'dialog-title'}, title), content);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return () => dialog.close();
}

/**
 * Asks before something is done.
 *
 * @param name     what has to be typed first, where the act cannot be taken back
 * @param act      what is done; the dialog stays, and says why, where it fails
 * @param fields   more to fill in, handed to the act as a form
 */
export function ask({title, sentence, verb, name, act, fields = [], danger = false}) {
  const wrong = h('p', {class: 'wrong', role: 'alert'});
  const typed = name && h('input', {id: 'typed-name', autocomplete: 'off', spellcheck: 'false'});
  const button = h('button', {type: 'submit', class: danger ? 'danger' : 'primary', disabled: Boolean(name)}, verb);
  typed?.addEventListener('input', () => { button.disabled = typed.value !== name; });
  const form = h('form', {onsubmit: async event => {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    try {
      await act(form);
      close();
    } catch (problem) {
      put(wrong, problem.message);
      button.disabled = false;
    }
  }}, h('p', {}, sentence), fields,
  name && h('label', {for: 'typed-name'}, 'Type ', h('b', {}, name), ' to go on', typed),
  wrong, h('div', {class: 'acts'}, button,
    h('button', {type: 'button', class: 'quiet', onclick: () => close()}, 'Cancel')));
  const close = open(title, form);
}

/**
 * Follows the server's events. EventSource cannot send a key, so the stream is read from a fetch. A connection that is
 * lost, or silent, is made anew, and continues behind the last event that was heard.
 */

const SILENCE = 6_000;
const WAITS = [500, 1_000, 2_000, 5_000];

export class Live extends EventTarget {
  #api;
  #abort;
  #lastId = null;
  #failures = 0;
  #heard = Date.now();
  #watch;
  #retry;
  #ended = false;

  /** Whether figures come in at present. */
  connected = false;
  /** The latest figures. */
  now = null;
  /** What happened, the latest first. */
  events = [];

  constructor(api) {
    super();
    this.#api = api;
    this.#watch = setInterval(() => this.#look(), 1_000);
    this.#connect();
  }

  /** Since when nothing was heard, in seconds. */
  staleSeconds() {
    return Math.round((Date.now() - this.#heard) / 1000);
  }

  end() {
    this.#ended = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#abort?.abort();
  }

  #look() {
    if (this.connected && Date.now() - this.#heard > SILENCE) {
      this.#abort.abort();
    }
    this.#tell('tick');
  }

  async #connect() {
    this.#abort = new AbortController();
    try {
      const response = await this.#api.live(this.#lastId, this.#abort.signal);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      this.#set(true);
      let rest = '';
      for (;;) {
        const {value, done} = await reader.read();
        if (done) {
          break;
        }
        this.#heard = Date.now();
        const blocks = (rest + value).replace(/\r\n?/g, '\n').split('\n\n');
        rest = blocks.pop();
        blocks.forEach(block => this.#take(block));
      }
    } catch {
      // The next attempt is the answer to any failure; a key that is refused ends this object from outside.
    }
    this.#set(false);
    if (!this.#ended) {
      this.#retry = setTimeout(() => this.#connect(), WAITS[Math.min(this.#failures++, WAITS.length - 1)]);
    }
  }

  #set(connected) {
    if (connected) {
      this.#heard = Date.now();
    }
    if (this.connected !== connected) {
      this.connected = connected;
      this.#tell('connection');
    }
  }

  #take(block) {
    let name = 'message';
    const data = [];
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') {
        name = value;
      } else if (field === 'data') {
        data.push(value);
      } else if (field === 'id') {
        this.#lastId = value;
      }
    }
    if (data.length === 0) {
      return;
    }
    this.#failures = 0;
    let body;
    try {
      body = JSON.parse(data.join('\n'));
    } catch {
      return;
    }
    if (name === 'now') {
      this.now = body;
      this.#tell('now');
    } else {
      this.events.unshift({name, body, at: body.at ?? null, seen: Date.now()});
      this.events.length = Math.min(this.events.length, 1_000);
      this.#tell('happened');
    }
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

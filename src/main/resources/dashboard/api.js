/** The admin API. The key lives in this object alone: a reload forgets it. */

const ROOT = '/admin/v1';
const PATIENCE = 20_000;

/** An answer that says what is wrong (RFC 9457), or that no answer came. */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

export class Api {
  #key;
  #refused;

  /** @param refused what is done where the key is not, or no longer, accepted */
  constructor(key, refused) {
    this.#key = key;
    this.#refused = refused;
  }

  get(path, query) {
    return this.#json('GET', path, query);
  }

  send(method, path, body) {
    return this.#json(method, path, null, body);
  }

  /** An answer as it is, such as a file of comma-separated values. */
  async raw(path, query) {
    return (await this.#call('GET', path, query)).blob();
  }

  /** Opens the stream of events, from behind the last one that was heard. */
  live(lastEventId, signal) {
    return this.#call('GET', '/live', null, undefined, lastEventId ? {'Last-Event-ID': lastEventId} : {}, signal);
  }

  async #json(method, path, query, body) {
    return (await this.#call(method, path, query, body)).json();
  }

  async #call(method, path, query, body, headers = {}, signal = AbortSignal.timeout(PATIENCE)) {
    const url = new URL(ROOT + path, location.origin);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== null && value !== undefined && value !== '') {
        url.searchParams.set(name, value);
      }
    }
    const options = {method, signal, cache: 'no-store', credentials: 'omit', headers: {...headers, 'X-Api-Key': this.#key}};
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers['Content-Type'] = 'application/json';
    }
    let response;
    try {
      response = await fetch(url, options);
    } catch (failure) {
      throw new Problem(0, 'No answer', failure.name === 'TimeoutError'
        ? 'RentCache did not answer within 20 seconds.' : 'RentCache cannot be reached.');
    }
    if (response.ok) {
      return response;
    }
    const told = await response.json().catch(() => ({}));
    const problem = new Problem(response.status, told.title ?? `Status ${response.status}`, told.detail ?? told.message);
    if (response.status === 401 || response.status === 403) {
      this.#refused(problem);
    }
    throw problem;
  }
}

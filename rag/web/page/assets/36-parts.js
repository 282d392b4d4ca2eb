// Of a long article the parts about the quote come first. The others follow once those are seen: the ones in
// view before all, then the nearest, so that in the end the whole text is there to be searched and copied.
(() => {
  const { send, tell } = snoska;
  const AT_ONCE = 12; // parts of one request
  const AGAIN = [1000, 4000, 15000]; // milliseconds until what did not come is asked for again
  const idle = () => new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 500 }) : setTimeout(done, 100)));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const missing = (body) => [...body.querySelectorAll(":scope > [data-part]")];
  let coming = null; // of one article: { body, hurry, whole: a promise }

  // Resolves when every part of the article in `root` is there; with `hurry` nothing is waited for.
  function rest(root, hurry = false, failed = 0) {
    const body = root.closest("[data-rest]") ?? root.querySelector("[data-rest]");
    if (!body || !missing(body).length) return Promise.resolve();
    if (coming?.body !== body) {
      coming = { body, hurry };
      coming.whole = fill(coming).finally(() => coming?.body === body && (coming = null));
      if (!hurry) coming.whole.catch((error) => {
        if (failed < AGAIN.length) setTimeout(() => body.isConnected && rest(body, false, failed + 1), AGAIN[failed]);
        else tell(error);
      });
    }
    coming.hurry ||= hurry;
    return coming.whole;
  }

  async function fill(work) {
    const { body } = work, seen = new Set();
    const watch = new IntersectionObserver((found) => {
      for (const { target, isIntersecting } of found) isIntersecting ? seen.add(target) : seen.delete(target);
    }, { rootMargin: "100%" });
    const left = missing(body);
    left.forEach((part) => watch.observe(part));
    let about = body.querySelector("[data-near]");
    await painted();
    try {
      while (left.length && body.isConnected) {
        if (!work.hurry) await idle();
        about = [...seen].find((part) => "part" in part.dataset) ?? about;
        await fetched(body, left, about, watch);
      }
    } finally {
      watch.disconnect();
    }
  }

  // Some parts one after another that aren't there yet, those about the part `about`.
  async function fetched(body, left, about, watch) {
    const place = [...body.children].indexOf(about), number = (part) => Number(part.dataset.part);
    const nearest = left.reduce((best, part) => (Math.abs(number(part) - place) < Math.abs(number(best) - place) ? part : best));
    let first = number(nearest), last = first;
    const is = new Set(left.map(number)), down = first >= place;
    while (last - first + 1 < AT_ONCE && is.has(down ? last + 1 : first - 1)) down ? last++ : first--;
    const parts = await send(`${body.dataset.rest}&first=${first}&last=${last}`).then((reply) => reply.json());
    for (const part of left.filter((each) => number(each) in parts)) {
      part.innerHTML = parts[number(part)];
      left.splice(left.indexOf(part), 1);
      watch.unobserve(part);
      delete part.dataset.part;
    }
  }

  Object.assign(snoska, { rest });
})();

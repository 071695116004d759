"""What benchmarks/views.py has the kernel and the page do: cells and scripts."""

from __future__ import annotations

__all__ = ["DIGIT_JS", "KERNEL", "LIFELINE", "STEPS_JS", "WATCH_JS"]

KERNEL = '''
import json, random, time
import ipywidgets
from IPython.display import HTML, display
from lessonkit import show
from lessonkit.records import Event, ProcessInfo, Snapshot, Timeline
from lessonkit.views.trees import TreeView

def process(pid, ppid, comm, state="S"):
    return ProcessInfo(pid=pid, ppid=ppid, pgid=2, sid=2, comm=comm, state=state, start_ticks=pid)

def photographs(count, number):
    """5 % change each time: one name, a birth and a death, for the rest states."""
    rnd = random.Random(count)
    now = {pid: process(pid, max(1, rnd.randrange(pid)) if pid > 1 else 0, "sleep")
           for pid in range(1, count + 1)}
    top = count
    for tick in range(number):
        now[1] = process(1, 0, f"tick {tick}")
        parents = {p.ppid for p in now.values()}
        dead = rnd.choice(sorted(now.keys() - parents))
        for pid in rnd.sample(sorted(now.keys() - {1, dead}), max(4, count // 20) - 3):
            now[pid] = process(pid, now[pid].ppid, "sleep", rnd.choice("RSSZT"))
        del now[dead]
        top += 1
        now[top] = process(top, rnd.choice(sorted(now)), "sleep")
        processes = tuple(now[pid] for pid in sorted(now))
        yield tick, Snapshot(at_seconds=tick / 10, processes=processes)

sizes = []
session = get_ipython().kernel.session
serialize = session.serialize
def counting(message, *rest, **more):
    parts = serialize(message, *rest, **more)
    if message["header"]["msg_type"] in ("comm_msg", "update_display_data"):
        sizes.append((len(json.dumps(message["content"])), sum(map(len, parts))))
    return parts
session.serialize = counting

def page(tick, photograph):
    return f'<b class="tick">tick {tick}</b>' + show.tree_html(photograph, limit=2000)

def sender(kind, first):
    if kind == "live tree":
        view = TreeView(lambda wish: None, title="Processes", height=14, stop=False)
        view.show(first)
        display(view)
        return lambda tick, photograph: view.show(photograph)
    if kind == "ipywidgets.HTML":
        box = ipywidgets.HTML(page(-1, first))
        display(box)
        def send(tick, photograph):
            box.value = page(tick, photograph)
        return send
    handle = display(HTML(page(-1, first)), display_id=True)
    return lambda tick, photograph: handle.update(HTML(page(tick, photograph)))

def prepare(kind, count, number):
    global source, send
    source = list(photographs(count, number))
    send = sender(kind, source[0][1])

def follow():
    global result
    sizes.clear()
    sent, work = {}, []
    next_at = time.monotonic()
    for tick, photograph in source[1:]:
        next_at += 0.1
        time.sleep(max(0, next_at - time.monotonic()))
        sent[tick] = time.time_ns() / 1e6
        cpu = time.thread_time()
        send(tick, photograph)
        work.append((time.thread_time() - cpu) * 1e3)
    time.sleep(0.3)
    result = {"sent": sent, "work": work, "sizes": list(sizes)}
'''

LIFELINE = """
from lessonkit import views
def history(number):
    # fork, exec, exit, zombie, reap for each, and forty at a time
    events, names = [Event(at_seconds=0.0, kind="start", pid=2, text="python")], {2: "python"}
    at, alive = 0.0, []
    for pid in range(3, 10 ** 6):
        at += 0.001
        parent = alive[-3] if len(alive) > 5 and pid % 4 == 0 else 2
        events += [Event(at_seconds=at, kind="fork", pid=parent, child=pid, how="fork"),
                   Event(at_seconds=at + 1e-4, kind="exec", pid=pid, text="/bin/sleep")]
        names[pid] = "sleep"
        alive.append(pid)
        if len(alive) > 40:
            old = alive.pop(0)
            events += [Event(at_seconds=at + 2e-4, kind="exit", pid=old, wait_status=0),
                       Event(at_seconds=at + 2e-4, kind="zombie", pid=old, by=2),
                       Event(at_seconds=at + 4e-4, kind="reap", pid=old, by=2, wait_status=0)]
        if len(events) >= number:
            return Timeline(mode="exact", events=tuple(events[:number]), names=names)
views.lifeline(history(2000))
"""

# One element is looked at, so that the looking costs next to nothing. The observer is called
# when the handler that changed the page has come to its end.
WATCH_JS = """([element, selector]) => {
    const seen = window.lessonkitSeen = [];
    const now = () => performance.timeOrigin + performance.now();
    const note = () => {
        const text = element.querySelector(selector)?.textContent ?? '';
        const entry = {tick: Number(text.split(' ')[1]), ready: now()};
        if (seen.at(-1)?.tick === entry.tick) return;
        seen.push(entry);
        requestAnimationFrame(() => {
            entry.frame = now();
            const channel = new MessageChannel();
            channel.port1.onmessage = () => { entry.painted = now(); };
            channel.port2.postMessage(0);
        });
    };
    const target = selector === '.tick' ? element : element.querySelector(selector);
    new MutationObserver(note).observe(target,
        {childList: true, characterData: true, subtree: true});
}"""

# The time of a key is the time at which the browser got it, before the page hears of it. The page
# tells that the frame is through; were it asked, it would answer while it makes that frame, or draw
# all the time, and the next key would come just when a frame is over. People do not ask.
STEPS_JS = """box => {
    const seen = window.lessonkitSeen = [];
    const presented = window.lessonkitPresented = [];
    window.lessonkitObserver?.disconnect();
    window.lessonkitObserver = new PerformanceObserver(list => presented.push(
        ...list.getEntries().filter(e => e.name === 'keydown').map(e => e.duration)));
    window.lessonkitObserver.observe({type: 'event', durationThreshold: 16});
    let pressed = 0;
    box.addEventListener('keydown', event => { pressed = event.timeStamp; }, {capture: true});
    new MutationObserver(() => {
        if (!pressed) return;  // no key has led here
        const entry = {pressed, ready: performance.now()};
        pressed = 0;
        seen.push(entry);
        requestAnimationFrame(() => {
            entry.frame = performance.now();
            const channel = new MessageChannel();
            channel.port1.onmessage = () => {
                entry.painted = performance.now();
                console.debug('lessonkit: painted');
            };
            channel.port2.postMessage(0);
        });
    }).observe(box, {attributes: true, attributeFilter: ['data-step']});
    box.setAttribute('tabindex', '-1');
    box.focus();
}"""

# The least that a page can do for a key. Nothing around it is laid out or painted for it.
DIGIT_JS = """lifeline => {
    const digit = document.createElement('div');
    digit.textContent = '0';
    digit.style = 'position: absolute; top: 0; right: 0; width: 2em; height: 1.5em;'
        + ' contain: strict; will-change: transform';
    digit.addEventListener('keydown', event => {
        event.preventDefault();
        event.stopPropagation();
        digit.firstChild.data = String((Number(digit.firstChild.data) + 1) % 10);
        digit.dataset.step = Number(digit.dataset.step ?? 0) + 1;
    });
    lifeline.append(digit);
    return digit;
}"""

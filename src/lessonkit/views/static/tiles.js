// A large picture, drawn in tiles where it is in sight.

const [GRID, LIVES, MARKS] = [0, 1, 2]; // from below to above
const TILE = [240, 182]; // px; small, so that little is drawn that is out of sight
const FEW = 400; // so many shapes need no tiles
const MOST = 900; // elements that are kept, in sight or not
const KEPT = 2; // so many views are kept in any case, with what was drawn ahead
const EDGE = 16; // px; no sign is larger

/**
 * A picture of which only what was in sight lately is there: a browser that has to look at
 * thousands of elements spends a frame on it at every step. Tiles stay for a while, for a step
 * often leads from a child to its parent, many lanes away, and the next one back. A shape is
 * { layer, left, top, right, bottom, make }.
 */
function painter(place) {
  const tiles = new Map();
  let [boxes, wide, tall, across, down, clock] = [new Map(), 0, 0, 1, 1, 0];

  /** The tiles of a part of the picture, as [column, row]. */
  function tilesOf(left, top, right, bottom) {
    const found = [];
    const first = (px, size) => Math.max(0, Math.floor(px / size));
    const last = (px, size, all) => Math.min(Math.ceil(all / size) - 1, Math.floor(px / size));
    for (let row = first(top, down); row <= last(bottom, down, tall); row++) {
      for (let column = first(left, across); column <= last(right, across, wide); column++) {
        found.push([column, row]);
      }
    }
    return found;
  }

  /** Begin a picture; `whole`: of one tile, however large. */
  function take(shapes, width, height, whole) {
    place.replaceChildren();
    tiles.clear();
    [wide, tall] = [width, height];
    [across, down] = whole || shapes.length < FEW ? [wide, tall] : TILE;
    boxes = new Map();
    for (const shape of shapes) {
      const { left, top, right, bottom } = shape;
      for (const tile of tilesOf(left - EDGE, top - EDGE, right + EDGE, bottom + EDGE)) {
        const box = boxes.get(`${tile}`);
        if (box) box.push(shape);
        else boxes.set(`${tile}`, [shape]);
      }
    }
  }

  function draw([column, row]) {
    const [left, top] = [column * across, row * down];
    const [width, height] = [Math.min(across, wide - left), Math.min(down, tall - top)];
    const shapes = boxes.get(`${[column, row]}`) ?? [];
    const groups = [GRID, LIVES, MARKS].map((layer) => h("g", {},
      ...shapes.filter((shape) => shape.layer === layer).map((shape) => shape.make())));
    const svg = h("svg", { class: "lk-picture", "aria-hidden": "true", width, height,
      viewBox: `${left} ${top} ${width} ${height}`, style: `left:${left}px;top:${top}px` },
    ...groups);
    if (shapes.length) place.append(svg);
    tiles.set(`${[column, row]}`, { svg, size: shapes.length, used: clock });
  }

  /** Have that part drawn. */
  function see(...part) {
    clock += 1;
    for (const tile of missing(part)) draw(tile);
    forget();
  }

  /** The tiles of that part that are not drawn; those that are will stay. */
  function missing(part) {
    return tilesOf(...part).filter((tile) => {
      const drawn = tiles.get(`${tile}`);
      if (drawn) drawn.used = clock;
      return !drawn;
    });
  }

  /** Draw one tile of that part; false when there is none left, or (unless `sure`) no room. */
  function ahead(part, sure) {
    const [tile] = missing(part);
    if (!tile) return false;
    forget();
    if (!sure && size() > MOST) return false;
    draw(tile);
    return true;
  }

  const size = () => [...tiles.values()].reduce((sum, tile) => sum + tile.size, 0);

  /** Take away what was out of sight longest. */
  function forget() {
    let left = size();
    const old = [...tiles].sort(([, a], [, b]) => a.used - b.used);
    for (const [key, tile] of old) {
      if (left <= MOST || tile.used > clock - KEPT) break;
      left -= tile.size;
      tile.svg.remove();
      tiles.delete(key);
    }
  }
  return { take, see, ahead };
}

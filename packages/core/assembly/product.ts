/**
 * c += b a in float64, on tiles of 4 x 4 sums that stay in registers. Each sum takes its products in the
 * order of the depth, each of them rounded: the bits are those of a plain loop.
 *
 * @param c [rows, columns], row-major; both are multiples of 4
 * @param b panels of 4 rows, [rows / 4, depth, 4]
 * @param a panels of 4 columns, [columns / 4, depth, 4]
 */
export function addProduct(c: usize, b: usize, a: usize, rows: i32, columns: i32, depth: i32): void {
  const panel = (<usize>depth) << 5;
  const stride = (<usize>columns) << 3;
  for (let column = 0; column < columns; column += 4) {
    let bPanel = b;
    let tile = c;
    for (let row = 0; row < rows; row += 4) {
      f64_product_4x4(tile, stride, bPanel, a, panel);
      bPanel += panel;
      tile += stride << 2;
    }
    a += panel;
    c += 32;
  }
}

function f64_product_4x4(c: usize, stride: usize, b: usize, a: usize, panel: usize): void {
  const end = a + panel;
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  while (a < end) {
    const x0 = v128.load(a);
    const x1 = v128.load(a, 16);
    let w = v128.load64_splat(b);
    s00 = f64x2.add(s00, f64x2.mul(w, x0));
    s01 = f64x2.add(s01, f64x2.mul(w, x1));
    w = v128.load64_splat(b, 8);
    s10 = f64x2.add(s10, f64x2.mul(w, x0));
    s11 = f64x2.add(s11, f64x2.mul(w, x1));
    w = v128.load64_splat(b, 16);
    s20 = f64x2.add(s20, f64x2.mul(w, x0));
    s21 = f64x2.add(s21, f64x2.mul(w, x1));
    w = v128.load64_splat(b, 24);
    s30 = f64x2.add(s30, f64x2.mul(w, x0));
    s31 = f64x2.add(s31, f64x2.mul(w, x1));
    a += 32;
    b += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

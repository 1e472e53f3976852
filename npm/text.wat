;; Takes the wasm's text in its memory, digits of base 86 with a mark before those of the upper two thirds, and leaves the
;; bytes in its place; answers how many. The way there is `toText` in scripts/build.mjs.
;;
;; Its names are short, since they come along: `a` is the memory, `b` reads.
;;
;; A loop of JavaScript that runs once, and so is interpreted, takes several times as long.
(module
  (memory (export "a") 1)
  (func (export "b") (param $end i32) (result i32)
    (local $at i32) (local $length i32) (local $high i32) (local $digit i32)
    (loop $next
      ;; A backslash is no digit.
      (local.set $digit
        (i32.sub
          (i32.sub (i32.load8_u (local.get $at)) (i32.const 35))
          (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 92))))
      (if (i32.lt_u (local.get $digit) (i32.const 86))
        (then
          (i32.store8 (local.get $length) (i32.add (local.get $high) (local.get $digit)))
          (local.set $length (i32.add (local.get $length) (i32.const 1)))
          (local.set $high (i32.const 0)))
        (else
          (local.set $high (i32.mul (i32.sub (local.get $digit) (i32.const 85)) (i32.const 86)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $length)))

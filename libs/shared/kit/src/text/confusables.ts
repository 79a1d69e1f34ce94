/**
 * Characters that look like others, by what they look like: those of Unicode's confusables.txt (UTS 39, version 17.0.0) that
 * look like one or two that a name may have, small capitals too, and that folding does not make such. As code points, since
 * most can't be told apart here, and some turn the direction of text. © Unicode, Inc., under the Unicode License v3.
 */
export const CONFUSABLES: Readonly<Record<string, string>> = {
  '-': '2010 2012 2013 6d4 2043 2d7 2212 2796 2cbb 2cba 2238 2cb3 2cb2',
  '.': '701 702 a60e 10a50 660 6f0 a4f8',
  '10': '23e8',
  2: 'a75a 1a7 3e8 a644 14bf a6ef',
  3: '1d206 969 ae9 a7ab 21c 1b7 a76a 2c9c 2cc4 2ccc 417 4e0 16f3b 118ca',
  4: '13ce 118af',
  5: '1bc 118bb',
  6: '2cd3 2cd2 3ec 2cdc 431 13ee 118d5',
  7: '1d212 104d2 118c6',
  8: '9ea a6a 1e8cb 223 222 1031a',
  9: 'a67 b68 9ed d6d a76e 2ccb 2cca 118cc 118ac 118d6',
  ':': '589 703 704 16ec 1803 1809 205a 5c3 2f8 a789 2236 2d0 a4fd 11dd9',
  _: '7fa',
  a: '237a 251 3b1 430 391 410 13aa 15c5 a4ee 16f40 102a0 ab7a 1d00',
  aa: 'a733 a732',
  ae: 'e6 4d5 c6 4d4',
  ao: 'a735 a734',
  ar: '1f707',
  au: 'a737 a736',
  av: 'a739 a73b a738 a73a',
  ay: 'a73d a73c',
  b:
    '184 42c 13cf 1472 15af 16eb6 a7b4 392 2c82 412 13f4 15f7 a4d0 10282 102a1 10301 1473 2c83 ' +
    '432 13fc 299',
  bl: '42b',
  c: '1d04 2ca5 441 1004 105a abaf 1043d 1f74c 118e9 118f2 2ca4 421 13df a4da 102a2 10302 10415 1051c',
  d: '501 13e7 146f a4d2 13a0 15de 15ea a4d3 ab70 1d05',
  dz: '2a3',
  e: '212e ab32 435 4bd 22ff 395 415 2d39 13ac a4f0 118a6 118ae 10286 ab7c 1d07',
  f: 'ab35 a799 192 1e9d 584 1d213 a798 3dc 15b4 a4dd 118c2 118a2 10287 102a5 10525 a730',
  g: '261 1d83 18d 581 50c 13c0 13f3 a4d6 50d ab90 13fb 262',
  h: '4bb 570 13c2 397 2c8e 41d 13bb 157c a4e7 102cf 2c8f 43d ab8b 29c',
  i: '2373 26a 269 3b9 2c93 456 a647 582 ab75 13a5 118c3',
  j: '3f3 458 a7b2 37f 408 13ab 148d a4d9 ab7b 1d0a',
  k: '39a 2c94 41a 13e6 16d5 a4d7 10518 1d0b 3ba 2c95 43a abb6 138',
  l:
    '5c0 2223 23fd 661 6f1 10320 1e8c7 196 1c0 399 2c92 406 4cf 4c0 5d5 5df 627 7ca 2d4f 16c1 ' +
    'a4f2 16f28 1028a 10309 11dda 11de1 16eaa 1d22a 2cd0 13de 14aa a4e1 16f16 118a3 118b2 1041b ' +
    '10526 2cd1 abae 10443 29f',
  ll: '2016 2225 1c1 5f0',
  lo: '42e',
  ls: '2aa',
  lt: '20b6',
  lz: '2ab',
  m: '39c 3fa 2c98 41c 13b7 15f0 16d6 a4df 102b0 10311 1d0d',
  mb: '1f76b',
  n: '578 57c 39d 2c9a a4e0 10513 2c9b 274',
  o:
    '966 9e6 a66 ae6 b66 be6 c66 d66 e50 ed0 1040 17e0 114d0 665 6f5 1d0f 1d11 ab3d 3bf 3c3 2c9f ' +
    '3ed 43e 10ff 585 5e1 647 6be 6c1 6d5 d20 101d 104ea 118c8 118d7 1042c 7c0 ce6 3007 118e0 39f ' +
    '2c9e 41e 555 2d54 12d0 b20 104c2 a4f3 118b5 10292 102ab 10404 10516 11de0',
  oe: '153 152 276',
  oo: '221e a74f a699 a74e a698',
  p: '2374 fe 1bf 3c1 3f8 2ca3 2ccf 440 3a1 2ca2 2cce 420 13e2 146d a4d1 10295 1d29 abb2 1d18',
  q: '51b 563 566 2d55',
  qe: '1f700',
  r: 'ab47 ab48 1d26 2c85 433 ab81 1d216 1a6 13a1 13d2 104b4 1587 a4e3 16f35 ab71 aba2 280',
  rn: '118e3 11700',
  s: 'a731 1bd 455 d1f abaa 118c1 10448 405 54f 13d5 13da a4e2 16f3a 10296 10420',
  ss: 'a7b5 a7d6 3b2 13f0',
  t: '22a4 27d9 1f768 3a4 2ca6 422 13a2 a4d4 16f0a 118bc 10297 102b1 10315 3c4 2ca7 442 ab72 1d1b',
  t3: 'a728',
  tf: 'a777',
  ts: '2a6',
  u: 'a79f 1d1c ab4e ab52 28b 3c5 57d 104f6 118d8 222a 22c3 54d 1200 104ce 144c a4f4 16f42 118b8',
  ue: '1d6b',
  uo: 'ab63',
  v:
    '2228 22c1 1d20 3bd 475 5d8 11706 aba9 118c0 1d20d 667 6f7 474 2d38 13d9 142f a6df a4e6 16f08 ' +
    '118a0 1051d',
  vb: '1f76c',
  w: '26f 1d21 2cbd 461 448 51d 561 1170a 1170e 1170f ab83 118e6 118ef 51c 13b3 13d4 a4ea 114c5',
  x:
    '166e d7 292b 292c 2a2f 445 1541 157d 166d 2573 10322 118ec a7b3 3a7 2cac 425 2d5d 16b7 a4eb ' +
    '10290 102b4 10317 10527 2a30',
  y:
    '263 1d8c 28f 1eff ab5a 3b3 2ca9 443 4af 10e7 118dc 3a5 2ca8 423 4ae 13a9 13bd a4ec 16f43 ' +
    '118a4 102b2',
  z: '1d22 ab93 118c4 118e5 102f5 396 13c3 a4dc 118a9',
};

import{b as m,a2 as s}from"./i18n.svelte-BVCP2YYB.js";import{B as t}from"./branches-Bpke10Hb.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};

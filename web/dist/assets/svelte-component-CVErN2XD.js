import{b as m,a4 as s}from"./i18n.svelte-CZvLJaPo.js";import{B as t}from"./branches-BQKgjpsJ.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};

import{b as m,a5 as s}from"./i18n.svelte-Cx-HW4h8.js";import{B as t}from"./branches-BUivADdG.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};

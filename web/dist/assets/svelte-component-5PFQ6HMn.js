import{b as m,a4 as s}from"./i18n.svelte-go644sBE.js";import{B as t}from"./branches-C2GZ9phD.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};

// Every module is a help, none is needed: without script each page still works.
import { copy } from "./copy.js";
import { fold } from "./fold.js";
import { keep } from "./keep.js";
import { live } from "./live.js";
import { menu } from "./menu.js";
import { print } from "./print.js";
import { speak } from "./speak.js";

for (const start of [menu, fold, live, keep, print, copy, speak]) start(document);

import './app.css';
import { mount } from 'svelte';
import App from './app.svelte';
import icon from './icon.svg?no-inline';

/** The page that the server writes may name the icon already. */
if (document.querySelector('link[rel="icon"]') === null) {
  const link = document.createElement('link');
  link.rel = 'icon';
  link.type = 'image/svg+xml';
  link.href = icon;
  document.head.append(link);
}

const target = document.querySelector('#app');
if (target !== null) mount(App, { target });

import './app.css';
import './parts.css';
import './plain.css';
import { mount } from 'svelte';
import App from './app.svelte';

const target = document.querySelector('#app');
if (target !== null) mount(App, { target });

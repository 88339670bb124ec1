import base from './playwright.config';
import { defineConfig } from '@playwright/test';

export default defineConfig({
  ...base,
  testDir: 'screenshots',
  testMatch: '*.shots.ts',
  workers: 1,
});

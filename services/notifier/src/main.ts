import { runService } from '@aegis/bus/service';
import { NotifierEnv } from './config.ts';
import { createNotifier } from './service.ts';

runService('notifier', NotifierEnv, createNotifier);

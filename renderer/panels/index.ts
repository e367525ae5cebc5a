/** Every panel there is; the window arranges them. Adding one is a folder and a line here. */
export { AccountDetail } from './account-detail/panel.tsx';
export { AccountGrid } from './account-grid/panel.tsx';
export { AlertFeed } from './alert-feed/panel.tsx';
export { Alerts } from './alerts/panel.tsx';
export { BookShocks } from './book-shocks/panel.tsx';
export { Detectors } from './detectors/panel.tsx';
export { Exposure } from './exposure/panel.tsx';
export { Feeds } from './feeds/panel.tsx';
export { FraudQueue } from './fraud-queue/panel.tsx';
export { Programs } from './programs/panel.tsx';
export { Audit } from './audit/panel.tsx';
export { Payouts } from './payouts/panel.tsx';
export { People } from './people/panel.tsx';
export { SignIn } from './sign-in/panel.tsx';

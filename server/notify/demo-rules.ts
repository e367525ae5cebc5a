import { DEFAULT_ALERT_RULES, TELLS_NOBODY, type AlertRules } from '#core/alerts/alert-rules.ts';

/**
 * What a demonstration begins with: the usual rules, and beside them mail for what nobody
 * acknowledges, and one night shift, so that every part of it can be seen at work.
 */
export const DEMO_ALERT_RULES: AlertRules = {
  ...DEFAULT_ALERT_RULES,
  rules: DEFAULT_ALERT_RULES.rules.map((rule) => {
    if (rule.ruleId !== 'breaches') return rule;
    const [first, second] = rule.steps;
    if (!first || !second) return rule;
    return {
      ...rule,
      tell: { ...rule.tell, mailboxes: ['risk-desk'] },
      gatherSeconds: 20,
      acknowledgeWithinMinutes: 5,
      steps: [
        {
          afterMinutes: 5,
          tell: { ...first.tell, by: ['desk', 'sound', 'desktop', 'email'] },
        },
        { afterMinutes: 30, tell: { ...TELLS_NOBODY, by: ['desk', 'email'], roles: ['manager'] } },
      ],
    };
  }),
  people: [
    {
      personId: 'p-jona',
      quiet: [
        {
          zone: 'Europe/Prague',
          from: '22:00',
          until: '07:00',
          days: [1, 2, 3, 4, 5, 6, 7],
          breaksThrough: { severity: null, escalations: false },
        },
      ],
    },
  ],
};

import { describe, expect, it } from 'vitest';
import {
  announce,
  NOTHING_ANNOUNCED,
  POPUP_AGAIN_MS,
  POPUPS_PER_MINUTE_MAX,
  type Announced,
  type News,
} from './announcing.ts';
import { groupNotices } from './groups.ts';
import type { Notice } from './notice.ts';
import { aNotice } from './testing/notices.ts';

const T0 = 1_000_000;

function newsOf(notices: Notice[], over: Partial<News> = {}): News[] {
  return groupNotices(notices).map((group) => ({
    group,
    sound: true,
    desktop: true,
    escalated: false,
    ...over,
  }));
}
const storm = (count: number): Notice[] =>
  Array.from({ length: count }, (_unused, at) => aNotice({ seq: at + 1, accountId: `A${at}` }));
const manyGroups = (count: number): Notice[] =>
  Array.from({ length: count }, (_unused, at) => aNotice({ seq: at + 1, symbol: `S${at}` }));

describe('an announcement', () => {
  it('of 3,000 alerts of one storm is one signal and one notification', () => {
    const { announcement } = announce(NOTHING_ANNOUNCED, newsOf(storm(3_000)), T0);
    expect(announcement.sound).toBe('warning');
    expect(announcement.popups.map(({ title }) => title)).toEqual([
      '3,000 warnings: daily loss on EURUSD',
    ]);
    expect(announcement.said).toBe('3,000 warnings: daily loss on EURUSD');
  });

  it('of a storm that grows sounds once, and its notification grows in place', () => {
    let announced: Announced = NOTHING_ANNOUNCED;
    const sounds: (string | null)[] = [];
    const titles: string[][] = [];
    for (let step = 0; step <= 4; step += 1) {
      const at = T0 + (step * POPUP_AGAIN_MS) / 2;
      const { after, announcement } = announce(announced, newsOf(storm(10 * (step + 1))), at);
      announced = after;
      sounds.push(announcement.sound);
      titles.push(announcement.popups.map(({ title }) => title.split(':')[0] ?? ''));
    }
    expect(sounds).toEqual(['warning', null, null, null, null]);
    expect(titles).toEqual([['10 warnings'], [], ['30 warnings'], [], ['50 warnings']]);
  });

  it('of many groups shows the first few, and one more for the rest, which grows in place', () => {
    const { after, announcement } = announce(NOTHING_ANNOUNCED, newsOf(manyGroups(40)), T0);
    expect(announcement.popups).toHaveLength(POPUPS_PER_MINUTE_MAX + 1);
    expect(announcement.popups.at(-1)).toMatchObject({
      tag: 'more',
      title: '35 more groups of alerts',
    });
    const later = announce(after, newsOf(manyGroups(41)), T0 + 1_000);
    expect(later.announcement.popups).toMatchObject([
      { tag: 'more', title: '36 more groups of alerts' },
    ]);
  });

  it('in another minute begins anew', () => {
    const { after } = announce(NOTHING_ANNOUNCED, newsOf(manyGroups(40)), T0);
    const fresh = newsOf([aNotice({ symbol: 'NEW' })]);
    const { announcement } = announce(after, fresh, T0 + 61_000);
    expect(announcement.popups).toMatchObject([{ title: '1 warning: daily loss on NEW' }]);
  });

  it('sounds as the worst of what is new', () => {
    const worse = aNotice({ seq: 9, kind: 'breach', severity: 'hard' });
    const { announcement } = announce(NOTHING_ANNOUNCED, newsOf([aNotice(), worse]), T0);
    expect(announcement.sound).toBe('hard');
    expect(announcement.popups[0]?.title).toBe('1 breach: daily loss on EURUSD');
  });

  it('is silent where the rules say nothing of sound, and shows nothing where they say nothing of it', () => {
    const quiet = newsOf(storm(5), { sound: false, desktop: false });
    const { announcement } = announce(NOTHING_ANNOUNCED, quiet, T0);
    expect([announcement.sound, announcement.popups]).toEqual([null, []]);
  });

  it('comes once more for what nobody acknowledged', () => {
    const { after } = announce(NOTHING_ANNOUNCED, newsOf(storm(5)), T0);
    const again = announce(after, newsOf(storm(5), { escalated: true }), T0 + 1_000);
    expect(again.announcement.sound).toBe('warning');
    expect(again.announcement.popups[0]?.title).toBe(
      'Nobody has acknowledged: 5 warnings: daily loss on EURUSD',
    );
  });
});

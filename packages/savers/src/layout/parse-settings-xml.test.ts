import { expect, test } from 'vitest';
import { parseSettingsXml } from './parse-settings-xml.ts';
import { settingsXml } from './settings-xml.ts';

test('what was written as settings comes back as a tree', () => {
  const xml = settingsXml({ stage: { axis: 1, speed: 0.5, on: true, name: 'é <"1">', deep: { off: false } } });
  const stage = parseSettingsXml(xml)?.children[0];
  expect(stage).toMatchObject({ name: 'stage', type: 'group', value: null });
  expect(stage?.children.map(({ name, type, value }) => [name, type, value])).toEqual([
    ['axis', 'int', 1],
    ['speed', 'float', 0.5],
    ['on', 'bool', true],
    ['name', 'str', 'é <"1">'],
    ['deep', 'group', null],
  ]);
  expect(stage?.children.at(-1)?.children).toMatchObject([{ name: 'off', value: false }]);
});

test.each([
  [`<x type="list">str('DAQ0D')</x>`, 'DAQ0D'],
  [`<x type="list">int(3)</x>`, 3],
  [`<x type="list">odd</x>`, 'odd'],
  [`<x type="itemselect">['a', 'b']</x>`, ['a', 'b']],
  [`<x type="bool_push">0</x>`, false],
  [`<x type="led">True</x>`, true],
  [`<x type="float">nan</x>`, Number.NaN],
  [`<x type="int">many</x>`, 'many'],
  [`<x type="str">&lt;&#233;&#xe9;&amp;&nbsp;</x>`, '<éé&&nbsp;'],
  [`<?xml version="1.0"?><!-- hello --><x type='str' />`, ''],
])('a value is what its type says: %s', (xml, value) => {
  expect(parseSettingsXml(xml)?.value).toEqual(value);
});

test.each(['', 'text', '<a>', '<a></b>', '</a>', '<a><b></a>', '<a/><b/>', '<a b=c/>', '<'])(
  'settings that are not whole are none: %s',
  (xml) => {
    expect(parseSettingsXml(xml)).toBeUndefined();
  },
);

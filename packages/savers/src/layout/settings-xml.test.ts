import { expect, test } from 'vitest';
import { settingsXml } from './settings-xml.ts';

const bodyOf = (value: unknown) =>
  /<x type="(\w+)" title="x" visible="1" removable="0" readonly="0">(.*)<\/x>/
    .exec(settingsXml({ g: { x: value } }))
    ?.slice(1);

test('settings become a tree of typed parameters', () => {
  expect(settingsXml({ daq_move_settings: { axis: 1, more: { on: true } } })).toBe(
    '<All_settings title="All Settings" type="group">' +
      '<daq_move_settings type="group" title="daq_move_settings" visible="1" removable="0" readonly="0">' +
      '<axis type="int" title="axis" visible="1" removable="0" readonly="0">1</axis>' +
      '<more type="group" title="more" visible="1" removable="0" readonly="0">' +
      '<on type="bool" title="on" visible="1" removable="0" readonly="0">1</on>' +
      '</more></daq_move_settings></All_settings>',
  );
});

test.each([
  [1.5, ['float', '1.5']],
  [NaN, ['float', 'nan']],
  [10n, ['int', '10']],
  [false, ['bool', '0']],
  ['a<b>&"c"', ['str', 'a&#60;b&#62;&#38;&#34;c&#34;']],
  ['é 😀', ['str', '&#233; &#128512;']],
  ['\u0000\ud800\n', ['str', '&#65533;&#65533;&#10;']],
  [null, ['str', '']],
  [undefined, ['str', '']],
  [
    [1, 'a', 2n],
    ['str', '[1,&#34;a&#34;,&#34;2&#34;]'],
  ],
])('a value is written with its type (%#)', (value, expected) => {
  expect(bodyOf(value)).toEqual(expected);
});

test('names that XML does not take as tags are kept as titles', () => {
  const xml = settingsXml({ g: { '1 é': 0 } });
  expect(xml).toContain('<_1__ type="int" title="1 &#233;"');
  expect(/^[\x20-\x7e]*$/.test(xml)).toBe(true);
});

#!/usr/bin/env bash
# Two OneBot SDKs of Node don't read the CQ codes they write. node-napcat-ts escapes & last, so [全员] goes out as
# &amp;#91;全员&amp;#93; and is &#91;全员&#93; when read, and it ends a parameter at its second "=". Koishi's adapter escapes
# parameters by the rules of HTML: a card with a comma breaks the code, which is then read as text, a < stays &lt;.
# A bot beside ours that writes cards or links by them shows employees, and hands on to us, something else than was meant.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund node-napcat-ts@0.4.25 @satorijs/adapter-onebot@5.8.1 @satorijs/satori@2.7.4 > npm.log 2>&1 || { tail -5 npm.log; exit 1; }
cat > probe.mjs <<'JS'
import assert from 'node:assert'
import { createRequire } from 'node:module'
import { CQCodeDecode, CQCodeEncode, convertCQCodeToJSON } from 'node-napcat-ts'

const { CQCode } = createRequire(import.meta.url)('@satorijs/adapter-onebot')
const there = CQCodeEncode('[全员]甲,乙')
console.log('node-napcat-ts 0.4.25', there, 'read:', CQCodeDecode(there))
assert.strictEqual(there, '&amp;#91;全员&amp;#93;甲&amp;#44;乙')
assert.strictEqual(CQCodeDecode(there), '&#91;全员&#93;甲&#44;乙')
const [image] = convertCQCodeToJSON('[CQ:image,url=https://files.example/a?id=1&amp;name=b]')
console.log('  image:', image.data.url)
assert.strictEqual(image.data.url, 'https://files.example/a?id')

const codes = [{ qq: '10001', name: '研发部,张三' }, { qq: '10001', name: '<研发部>张三' }].map((attrs) => CQCode('at', attrs))
const read = codes.map((code) => CQCode.parse(code).map(({ type, attrs }) => `${type}: ${attrs.name ?? attrs.content}`))
console.log('@satorijs/adapter-onebot 5.8.1', codes, 'read:', read)
assert.deepStrictEqual(read, [['text: [CQ:at,qq=10001,name=研发部,张三]'], ['at: &lt;研发部&gt;张三']])
JS
node probe.mjs

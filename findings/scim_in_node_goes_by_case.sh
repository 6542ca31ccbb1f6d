#!/usr/bin/env bash
# SCIM's names of attributes, and a userName, are the same in any case (RFC 7643, 2.1 and 8.7.1). To scim-patch, Title is
# another attribute beside title; to the filters of SCIMMY and scim2-parse-filter, zhang.san isn't Zhang.San, so a directory
# that looks before it creates creates him twice. scim-patch also cuts the enterprise extension at the dot of its 2.0, and
# the department is under a name that nobody reads. A gateway built so hands on doubles and people without a department.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund scim-patch@0.8.3 scimmy@1.3.5 scim2-parse-filter@0.2.10 > npm.log 2>&1 || { tail -5 npm.log; exit 1; }
cat > probe.mjs <<'JS'
import assert from 'node:assert'
import parser from 'scim2-parse-filter'
import patcher from 'scim-patch'
import SCIMMY from 'scimmy'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const user = () => ({ schemas: [], userName: 'Zhang.San', title: '职员', meta: {} })

const { title, Title } = patcher.scimPatch(user(), [{ op: 'replace', path: 'Title', value: '主管' }])
console.log('scim-patch 0.8.3', { title, Title })
assert.deepStrictEqual([title, Title], ['职员', '主管'])

const moved = patcher.scimPatch(user(), [{ op: 'add', value: { [ENTERPRISE]: { department: '研发部' } } }])
console.log('  department:', Object.keys(moved).filter((name) => name.startsWith('urn:')))
assert.strictEqual(moved[ENTERPRISE], undefined)
assert.deepStrictEqual(moved['urn:ietf:params:scim:schemas:extension:enterprise:2.0'], { User: { department: '研发部' } })

const { caseExact } = SCIMMY.Schemas.User.definition.attribute('userName').config
const found = (value) => {
  const filter = `userName eq "${value}"`
  return [new SCIMMY.Types.Filter(filter).match([user()]).length, [user()].filter(parser.filter(parser.parse(filter))).length]
}
console.log('scimmy 1.3.5, scim2-parse-filter 0.2.10', found('Zhang.San'), found('zhang.san'), 'caseExact as told:', caseExact)
assert.deepStrictEqual([found('Zhang.San'), found('zhang.san'), caseExact], [[1, 1], [0, 0], false])
JS
node probe.mjs

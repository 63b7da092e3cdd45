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
    events = [document for name, document in documents if name == 'event']
    expected = ['start', *(['descriptor'] if events else []), *['event'] * len(events), 'stop']
    check(names == expected, f'{path}: the documents come as {names}')
    start, stop = documents[0][1], documents[-1][1]
    uids = [document['uid'] for _, document in documents]
    check(len(set(uids)) == len(uids), f'{path}: two documents have the same uid')
    check(stop['run_start'] == start['uid'], f'{path}: the stop belongs to another run')
    check(stop['num_events'] == {'primary': len(events)}, f'{path}: the stop counts {stop["num_events"]}')
    if not events:
        return
    descriptor = documents[1][1]
    keys = descriptor['data_keys']
    check(descriptor['run_start'] == start['uid'], f'{path}: the descriptor belongs to another run')
    check([event['seq_num'] for event in events] == list(range(1, len(events) + 1)), f'{path}: events out of order')
    listed = sorted(key for names in descriptor['object_keys'].values() for key in names)
    check(listed == sorted(keys), f'{path}: object_keys are not the data_keys')
    for hinted in [*descriptor['hints'].values()]:
        check(set(hinted['fields']) <= set(keys), f'{path}: a hint names what is not there')
    for fields, stream in start['hints']['dimensions']:
        is_known = set(fields) <= {*keys, 'time'}
        check(is_known and stream == 'primary', f'{path}: the dimension {fields} of {stream} is not there')
    for event in events:
        check(event['descriptor'] == descriptor['uid'], f'{path}: an event belongs to another descriptor')
        check(event['data'].keys() == keys.keys() == event['timestamps'].keys(), f'{path}: an event has other keys')
        for key, value in event['data'].items():
            check(list(np.shape(value)) == keys[key]['shape'], f'{path}: {key} has the shape {np.shape(value)}')


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

import type { TreeNode } from './describe-file.ts';
import { walkNodes } from './tree.ts';

export interface FileKind {
  readonly kind: 'PyMoDAQ dataset' | 'NeXus file' | 'netCDF-4 file' | 'PyTables file' | 'HDF5 file';
  /** What that means for whoever reads it; '' for a dataset of ours. */
  readonly note: string;
}

/** Which program's conventions a file follows. */
export function fileKind(root: TreeNode): FileKind {
  const { attributes, children } = root;
  const nodes = [...walkNodes(root)];
  const has = (name: string) => nodes.some((node) => name in node.attributes);
  if ('pymodaq_version' in attributes || has('data_type')) {
    return children.some(({ name }) => name === 'RawData')
      ? { kind: 'PyMoDAQ dataset', note: '' }
      : { kind: 'PyMoDAQ dataset', note: 'It has no group RawData, so it is not from a data acquisition' };
  }
  const note = 'Its arrays are read as they are, without axes';
  if (has('NX_class')) return { kind: 'NeXus file', note };
  if ('_NCProperties' in attributes || has('_Netcdf4Dimid')) return { kind: 'netCDF-4 file', note };
  if ('PYTABLES_FORMAT_VERSION' in attributes) return { kind: 'PyTables file', note };
  return { kind: 'HDF5 file', note };
}

/** Written by scripts/make-template.py; zlib, base64. */
export const PACKED_TEMPLATE = [
  'eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KGjhR+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACz5wErhOZgGAUjEXi4OgaA6AgoH5',
  'ZKTzChqgtKLHdJLEmEp0cPCu3FlX49mCH8DFbi0q8Fx2j6HU2/mOm3gxVVnU9+enpqEQPV0m+wn78LKAXD0p0CM2p5jZ6ORwGucoAVEmaMMD6k',
  'RGBkZMRaXzID5UEyktC4FoBrhcQEK5AG8ZmYIcIcUPOYmZjgRQcLA3Jl3DGowgM9XWmwj6YRcgAAVz5YaQ==',
].join('');
/** Of the format that can be read while it is written. */
export const PACKED_SWMR_TEMPLATE = [
  'eNrr9HBx4+WS4mLm4GCAgf9QkMQE4RtAxdecTjzg7+ESxKTAHsKYjYwrmISQNcIAFxMDIwMDG1COkYE9KLHcJbEk8TDMFicGKgC7lg0ryHGSIM',
  'hJbD756empRWGMUMOcqeEiBvN7gjxgJzEyMDKKMDAwMTIyoocsswgDoySQLwDFEAUcDKxA1zEzc4gzMLAwMTAxMbAIMLAosLAIcME0MqxmGEpA',
  'cOGd0wBVMFYN',
].join('');

// Public names of this room.
export {};

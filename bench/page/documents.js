// What is encoded: the same in every run. `bench/codecs-rust` has the types.

export const documents = {
  chat: () => ({
    type: "chat",
    id: 48_211,
    room: "general",
    from: { id: 1_807, name: "Ada Lovelace" },
    text: "Does anybody have the minutes of yesterday's meeting? 🙂",
    at: 1_763_800_000_123,
    edited: false,
    replyTo: null,
  }),

  tick: () => ({
    symbol: "EURUSD",
    sequence: 9_182_734,
    at: 1_763_800_000_123,
    prices: Array.from({ length: 20 }, (_, level) => Math.round((1.0842 + level * 0.00013) * 1e5) / 1e5),
  }),

  /** 100 KB as JSON. */
  nested: () => ({
    title: "Catalogue",
    sections: Array.from({ length: 12 }, (_, section) => ({
      name: `Section ${section}`,
      open: section % 3 === 0,
      items: Array.from({ length: 52 }, (_, item) => ({
        id: section * 1_000 + item,
        name: `Item ${item} of section ${section}`,
        price: Math.round((item * 1.37 + section) * 100) / 100,
        tags: ["new", "sale", `colour-${item % 7}`],
        stock: { warehouse: item * 3, shop: item % 5, reserved: null },
        note: item % 4 ? "" : "Délivré sous 48 heures, à l'exception des îles.",
      })),
    })),
  }),

  binary: () => ({
    name: "photo.jpg",
    data: Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * 31 + (at >> 8)) & 255),
  }),
};

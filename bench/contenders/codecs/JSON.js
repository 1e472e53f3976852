// JSON has no bytes: base64 is what people take.
const withText = (message) => (message.data ? { ...message, data: message.data.toBase64() } : message);

export const encode = (message) => JSON.stringify(withText(message));

export function decode(text) {
  const message = JSON.parse(text);
  return message.data ? { ...message, data: Uint8Array.fromBase64(message.data) } : message;
}

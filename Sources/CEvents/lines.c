// One pass over what a container writes: each line becomes a JSON object. It is in C for the sake of its speed, which is
// the container's: sixteen bytes at a time are looked at and copied.
#include "CEvents.h"

#include <string.h>

typedef uint8_t block __attribute__((vector_size(16)));

enum { BLOCK = sizeof(block) };

// How many bytes from the start of a block stand for themselves in JSON text: printable ASCII without quotes, backslashes, and
// what a web page would take for markup.
static inline unsigned plain_bytes(block bytes) {
    block special = (block)(bytes < 0x20) | (block)(bytes > 0x7f) | (block)(bytes == '"') | (block)(bytes == '\\')
        | (block)(bytes == '<') | (block)(bytes == '>') | (block)(bytes == '&');
    uint64_t halves[2];
    memcpy(halves, &special, BLOCK);
    if (halves[0]) return (unsigned)__builtin_ctzll(halves[0]) / 8;
    if (halves[1]) return 8 + (unsigned)__builtin_ctzll(halves[1]) / 8;
    return BLOCK;
}

static inline int is_plain(uint8_t byte) {
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&';
}

// Copies what stands for itself; gives where that ends. Up to a block more of the output is written over.
static inline const uint8_t *copy_plain(const uint8_t *input, const uint8_t *end, uint8_t **output) {
    uint8_t *out = *output;
    while (end - input >= BLOCK) {
        block bytes;
        memcpy(&bytes, input, BLOCK);
        memcpy(out, &bytes, BLOCK);
        unsigned count = plain_bytes(bytes);
        input += count;
        out += count;
        if (count < BLOCK) {
            *output = out;
            return input;
        }
    }
    while (input < end && is_plain(*input)) *out++ = *input++;
    *output = out;
    return input;
}

// How many bytes the character has that begins here; 0 if none does, or not a whole one (RFC 3629, section 4).
static size_t character_length(const uint8_t *input, const uint8_t *end) {
    uint8_t first = input[0], lowest = 0x80, highest = 0xbf;
    size_t length;
    if (first >= 0xc2 && first <= 0xdf) length = 2;
    else if (first >= 0xe0 && first <= 0xef) length = 3;
    else if (first >= 0xf0 && first <= 0xf4) length = 4;
    else return 0;
    // No longer spelling than needed, no surrogate, nothing past U+10FFFF.
    if (first == 0xe0) lowest = 0xa0;
    if (first == 0xed) highest = 0x9f;
    if (first == 0xf0) lowest = 0x90;
    if (first == 0xf4) highest = 0x8f;
    if ((size_t)(end - input) < length || input[1] < lowest || input[1] > highest) return 0;
    for (size_t place = 2; place < length; place++)
        if ((input[place] & 0xc0) != 0x80) return 0;
    return length;
}

static uint8_t *put(uint8_t *output, const char *text, size_t size) {
    memcpy(output, text, size);
    return output + size;
}

// Spells what begins with a byte that does not stand for itself; gives where that ends.
static const uint8_t *spell_special(const uint8_t *input, const uint8_t *end, uint8_t **output) {
    static const char digits[] = "0123456789abcdef";
    uint8_t byte = *input, *out = *output;
    size_t length = 1;
    if (byte >= 0x80) {
        length = character_length(input, end);
        // U+2028 and U+2029 end lines in JavaScript.
        int is_separator = length == 3 && byte == 0xe2 && input[1] == 0x80 && (input[2] == 0xa8 || input[2] == 0xa9);
        if (length == 0) {
            out = put(out, "\\ufffd", 6);
            length = 1;
        } else if (is_separator) out = put(out, input[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
        else out = put(out, (const char *)input, length);
    } else if (byte == '"' || byte == '\\') {
        *out++ = '\\';
        *out++ = byte;
    } else if (byte == '\n') out = put(out, "\\n", 2);
    else if (byte == '\r') out = put(out, "\\r", 2);
    else {
        out = put(out, "\\u00", 4);
        *out++ = (uint8_t)digits[byte >> 4];
        *out++ = (uint8_t)digits[byte & 15];
    }
    *output = out;
    return input + length;
}

size_t tutti_spell(const uint8_t *input, size_t count, uint8_t *output) {
    const uint8_t *end = input + count;
    uint8_t *out = output;
    while ((input = copy_plain(input, end, &out)) < end) input = spell_special(input, end, &out);
    return (size_t)(out - output);
}

size_t tutti_spell_lines(const uint8_t *input, size_t count, uint8_t *output, size_t room,
                         const struct tutti_line_frame *frame, size_t *written) {
    const uint8_t *line = input, *end = input + count;
    uint8_t *out = output;
    size_t most = frame->head_size + frame->tail_size + TUTTI_SPELLED(count < frame->longest ? count : frame->longest);
    while (line < end && room - (size_t)(out - output) >= most) {
        uint8_t *start = out;
        const uint8_t *limit = (size_t)(end - line) > frame->longest ? line + frame->longest : end;
        const uint8_t *place = line;
        out = put(out, (const char *)frame->head, frame->head_size);
        while ((place = copy_plain(place, limit, &out)) < limit && *place != '\n') place = spell_special(place, limit, &out);
        if (place >= limit) {
            out = start;
            break;
        }
        out = put(out, (const char *)frame->tail, frame->tail_size);
        line = place + 1;
    }
    *written = (size_t)(out - output);
    return (size_t)(line - input);
}

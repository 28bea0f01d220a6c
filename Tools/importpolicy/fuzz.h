/* What the fuzzers of one parser each share. */

#ifndef IMPORTPOLICY_FUZZ_H
#define IMPORTPOLICY_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #what); \
            abort(); \
        } \
    } while (0)

/* The fuzzer: reads one text, and aborts where a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What texts of its kind are made of; NULL at the end. */
extern const char *const fuzz_pieces[];

/* Is it UTF-8, and fit to be printed on one line? */
void fuzz_check_visible(const char *text);

/* Does this line of the text have that column, or end before it? */
void fuzz_check_place(const char *text, size_t size, int line, int column);

#endif  // IMPORTPOLICY_FUZZ_H

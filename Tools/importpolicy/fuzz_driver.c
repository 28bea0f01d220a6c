/* Which texts does a fuzzer try?

   With clang, libFuzzer decides, and of this file only the promises that all
   parsers make are compiled.  Elsewhere (-DSTANDALONE_DRIVER) the driver below
   does: it keeps a corpus, changes its texts at random, and keeps what reaches
   a new edge of the program, which gcc's -fsanitize-coverage=trace-pc reports.
   Same seed, same run.

       fuzz_policy FILE...                   read these files, once
       fuzz_policy -s SECONDS -r SEED FILE...    fuzz, from these files

   A text that breaks something is left in ./crash-text. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"
#include "pycore_policy_text.h"

void
fuzz_check_visible(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t c;
        int n = _PyPolicyText_Decode(text, end, &c);
        CHECK(n > 0 && c >= 0x20 && (c < 0x7F || c > 0xA0));
        CHECK(c != 0x202E && c != 0x2066 && c != 0xFEFF);
        text += n;
    }
}

void
fuzz_check_place(const char *text, size_t size, int line, int column)
{
    CHECK(line >= 1 && column >= 1);
    const char *end = text + size;
    for (int i = 1; i < line; i++) {
        text = memchr(text, '\n', (size_t)(end - text));
        CHECK(text != NULL);
        text++;
    }
    const char *stop = text == end ? NULL :
                       memchr(text, '\n', (size_t)(end - text));
    CHECK(column <= (stop == NULL ? end : stop) - text + 1);
}


/* --- The driver where there is no libFuzzer ------------------------------ */

#ifdef STANDALONE_DRIVER

#include <signal.h>

#define MAX_TEXT 4096
#define MAX_CORPUS 20000
#define EDGES (1u << 16)

typedef struct {
    uint8_t *data;
    size_t size;
} Text;

static Text corpus[MAX_CORPUS];
static size_t n_corpus;
static uint8_t seen[EDGES];
static unsigned n_edges;
static bool new_edge;
static uintptr_t last_place;
static uint64_t random_state = 1;
static uint8_t current[MAX_TEXT * 2];
static size_t current_size;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_set_death_callback(void (*callback)(void));

/* Called by the program under test at every branch. */
__attribute__((no_sanitize_coverage)) void
__sanitizer_cov_trace_pc(void)
{
    uintptr_t place = (uintptr_t)__builtin_return_address(0);
    size_t edge = (place ^ last_place >> 1) * 0x9E3779B97F4A7C15u >> 48;
    last_place = place;
    if (!seen[edge & (EDGES - 1)]) {
        seen[edge & (EDGES - 1)] = 1;
        n_edges++;
        new_edge = true;
    }
}

static void
save_current(void)
{
    FILE *file = fopen("crash-text", "wb");
    if (file != NULL) {
        fwrite(current, 1, current_size, file);
        fclose(file);
        fprintf(stderr, "the text is in crash-text\n");
    }
}

static void
on_abort(int number)
{
    (void)number;
    save_current();
    _Exit(1);
}

static size_t
pick(size_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return below == 0 ? 0 : (size_t)(random_state >> 11) % below;
}

static void
add(const uint8_t *data, size_t size)
{
    if (n_corpus < MAX_CORPUS) {
        uint8_t *copy = malloc(size + 1);
        if (copy != NULL) {
            memcpy(copy, data, size);
            corpus[n_corpus++] = (Text){copy, size};
        }
    }
}

static void
run(void)
{
    last_place = 0;
    LLVMFuzzerTestOneInput(current, current_size);
}

/* Put `size` bytes in place of `drop` bytes of the current text. */
static void
replace(size_t at, size_t drop, const void *data, size_t size)
{
    if (at + drop > current_size ||
        current_size - drop + size > MAX_TEXT) {
        return;
    }
    memmove(current + at + size, current + at + drop,
            current_size - at - drop);
    memcpy(current + at, data, size);
    current_size += size - drop;
}

static size_t
count_pieces(void)
{
    size_t n = 0;
    while (fuzz_pieces[n] != NULL) {
        n++;
    }
    return n;
}

static void
change(void)
{
    size_t at = pick(current_size + 1), n = pick(8) + 1;
    uint8_t byte = (uint8_t)pick(256);
    const Text *other = &corpus[pick(n_corpus)];
    size_t from = pick(other->size), span = pick(other->size - from) + 1;
    uint8_t again[64];
    switch (pick(7)) {
        case 0:
            replace(at, 1, &byte, 1);
            break;
        case 1:
            replace(at, 0, &byte, 1);
            break;
        case 2:
            replace(at, n, "", 0);
            break;
        case 3: {
            const char *piece = fuzz_pieces[pick(count_pieces())];
            replace(at, pick(2) * n, piece, strlen(piece));
            break;
        }
        case 4:
            if (from + span <= other->size) {
                replace(at, pick(2) * n, other->data + from, span);
            }
            break;
        case 5:
            current_size = at;
            break;
        default:
            n = at + n * 8 <= current_size ? n * 8 : 0;
            memcpy(again, current + at, n);
            replace(pick(current_size + 1), 0, again, n);
            break;
    }
}

static void
fuzz(double seconds)
{
    size_t runs = 0;
    time_t start = time(NULL), shown = start;
    while (difftime(time(NULL), start) < seconds) {
        for (int i = 0; i < 1000; i++, runs++) {
            const Text *text = &corpus[pick(n_corpus)];
            current_size = text->size;
            memcpy(current, text->data, text->size);
            for (size_t k = pick(5) + 1; k > 0; k--) {
                change();
            }
            new_edge = false;
            run();
            if (new_edge) {
                add(current, current_size);
            }
        }
        if (difftime(time(NULL), shown) >= 10) {
            shown = time(NULL);
            printf("%zu executions, %zu texts, %u edges\n", runs, n_corpus,
                   n_edges);
            fflush(stdout);
        }
    }
    printf("done: %zu executions, %zu texts, %u edges\n", runs, n_corpus,
           n_edges);
}

static int
read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        perror(name);
        return -1;
    }
    current_size = fread(current, 1, MAX_TEXT, file);
    fclose(file);
    run();
    add(current, current_size);
    return 0;
}

int
main(int argc, char **argv)
{
    double seconds = 0;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (argv[i][1] == 's') {
            seconds = atof(argv[i + 1]);
        }
        else {
            random_state = strtoull(argv[i + 1], NULL, 10) + 1;
        }
    }
    signal(SIGABRT, on_abort);
    __sanitizer_set_death_callback(save_current);
    current_size = 0;
    run();
    for (; i < argc; i++) {
        if (read_file(argv[i]) < 0) {
            return 1;
        }
    }
    if (seconds > 0 && n_corpus > 0) {
        fuzz(seconds);
    }
    return 0;
}

#endif  // STANDALONE_DRIVER

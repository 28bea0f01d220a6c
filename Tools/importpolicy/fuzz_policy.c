/* Is there a text that breaks the loader of policies?

   LLVMFuzzerTestOneInput() reads one text as JSON and as a policy, and holds
   the result against what the headers promise: places lie in the text, nodes
   form a tree, texts are UTF-8 without NUL, messages are one visible line,
   every name that a policy holds is found in it again, and the hash tables
   agree with a walk over the lists.  A sanitizer watches the memory.

   With clang, libFuzzer calls it.  Elsewhere (-DSTANDALONE_DRIVER) the driver
   below does: it keeps a corpus, changes its texts at random, and keeps what
   reaches a new edge of the program, which gcc's -fsanitize-coverage=trace-pc
   reports.  Same seed, same run.

       fuzz_policy FILE...                   read these files, once
       fuzz_policy -s SECONDS -r SEED FILE...    fuzz, from these files

   A text that breaks something is left in ./crash-policy.json. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pycore_policy.h"
#include "pycore_policy_json.h"
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #what); \
            abort(); \
        } \
    } while (0)


/* --- Promises ----------------------------------------------------------- */

/* UTF-8, and fit to be printed on one line. */
static void
check_visible(const char *text)
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

static void
check_place(const char *text, size_t size, int line, int column)
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

static void
check_node(const _PyPolicyJson *doc, uint32_t index)
{
    const _PyPolicyJsonNode *node = &doc->nodes[index];
    CHECK(node->end > index && node->end <= doc->n_nodes);
    if (node->text != NULL) {
        CHECK(strlen(node->text) == node->count && node->end == index + 1);
        const char *end = node->text + node->count;
        for (const char *p = node->text; p < end;) {
            uint32_t c;
            int n = _PyPolicyText_Decode(p, end, &c);
            CHECK(n > 0);
            p += n;
        }
        return;
    }
    bool object = node->kind == _PyPolicyJson_OBJECT;
    uint32_t children = node->count * (object ? 2 : 1), child = index + 1;
    for (uint32_t i = 0; i < children; i++) {
        CHECK(child < node->end);
        CHECK(!object || i % 2 == 1 ||
              doc->nodes[child].kind == _PyPolicyJson_STRING);
        check_node(doc, child);
        child = doc->nodes[child].end;
    }
    CHECK(child == node->end);
}

/* The tables against a walk over the list, for one principal. */
static void
check_names(const _PyPolicyRule *rule, const char *principal)
{
    bool listed = false;
    for (uint32_t i = 0; i < rule->n_names; i++) {
        listed |= _PyPolicy_NameCovers(rule->names[i], principal);
    }
    CHECK(_PyPolicy_RuleNames(rule, principal) == listed);
}

static void
check_find(const _PyPolicy *policy, const char *module)
{
    size_t len = strlen(module);
    const _PyPolicyRule *best = NULL;
    for (uint32_t i = 0; i < _PyPolicy_CountRules(policy); i++) {
        const _PyPolicyRule *rule = _PyPolicy_Rule(policy, i);
        if (rule->key_len <= len &&
            memcmp(rule->key, module, rule->key_len) == 0 &&
            (rule->key_len == len || module[rule->key_len] == '.') &&
            (best == NULL || rule->key_len > best->key_len)) {
            best = rule;
        }
    }
    CHECK(_PyPolicy_FindRule(policy, module, len) == best);
}

static void
check_rule(const _PyPolicy *policy, const _PyPolicyRule *rule)
{
    char longer[8192];
    CHECK(rule->policy == policy && strlen(rule->key) == rule->key_len);
    CHECK(_PyPolicy_FindRule(policy, rule->key, rule->key_len) == rule);
    check_find(policy, rule->key);
    snprintf(longer, sizeof(longer), "%s.x.y", rule->key);
    check_find(policy, longer);
    snprintf(longer, sizeof(longer), "%sx", rule->key);
    check_find(policy, longer);
    for (uint32_t i = 0; i < rule->n_names; i++) {
        const char *name = rule->names[i];
        CHECK(_PyPolicy_RuleNames(rule, name));
        snprintf(longer, sizeof(longer), "%s.x", name);
        check_names(rule, longer);
        snprintf(longer, sizeof(longer), "%s.pth", name);
        check_names(rule, longer);
        check_names(_PyPolicy_Rule(policy, 0), name);
    }
}

/* A list of targets compiles, and asking it about one of its own texts, as if
   that were what is reached, is safe and says the same twice.  A name that is
   not excluded is in the list that names it. */
static void
check_targets(const _PyPolicyGrant *grant)
{
    static const _PyPolicyPlace places[] = {
        {"$APP", "/srv/app"}, {"$APP", "/srv/other"}, {"$HOME", "/home/x"},
        {"$PREFIX", "/usr"}, {"$TMP", "/tmp"},
    };
    _PyPolicyTargets *targets = _PyPolicyTargets_Compile(
        grant->capability, grant->targets, grant->n_targets, places, 5);
    CHECK(targets != NULL);
    bool excluded = false;
    for (uint32_t i = 0; i < grant->n_targets; i++) {
        char code[32], what[_PyPolicyName_MAX_WHAT];
        const char *text = grant->targets[i];
        CHECK(_PyPolicyTarget_Check(grant->capability, text, strlen(text),
                                    code, what) == 0);
        excluded |= text[0] == '!';
    }
    for (uint32_t i = 0; i < grant->n_targets && i < 20; i++) {
        const char *text = grant->targets[i] + (grant->targets[i][0] == '!');
        _PyPolicyTarget target = {.text = text, .len = strlen(text),
                                  .port = -1, .package = "/site/p",
                                  .program = text};
        bool held = _PyPolicyTargets_Match(targets, &target);
        CHECK(held == _PyPolicyTargets_Match(targets, &target));
        bool named = grant->capability >= _PyPolicy_RUN &&
                     grant->capability != _PyPolicy_ENV &&
                     strpbrk(text, "/$") == NULL;
        CHECK(held || excluded || !named);
    }
    _PyPolicyTarget none = {.port = -1};
    CHECK(_PyPolicyTargets_Match(targets, &none));
    _PyPolicyTargets_Free(targets);
}

/* One grant is what is found for the names in it, unless it stands for others
   or an earlier layer says it differently, of which there is none here. */
static void
check_grant(const _PyPolicy *policy, uint32_t index)
{
    const _PyPolicyGrant *grant = _PyPolicy_GrantAt(policy, index);
    CHECK(grant->index == index && grant->policy == policy);
    bool whole = strcmp(grant->what, "*") == 0;
    const char *what = whole ? "no.such" : grant->what;
    const _PyPolicyGrant *found =
        strcmp(grant->principal, "*") == 0
            ? _PyPolicy_GrantToEveryone(policy, "*", what)
            : _PyPolicy_GrantOf(policy, grant->principal, what);
    CHECK(found == grant);
    CHECK(whole || grant->capability == _PyPolicy_NO_CAPABILITY
          ? whole || _PyPolicy_NamesEvent(policy, what)
          : _PyPolicy_Capabilities(policy) >> grant->capability & 1);
    const _PyPolicyGrant *const *passed;
    uint32_t n = _PyPolicy_GrantsOf(policy, what, &passed), times = 0;
    for (uint32_t i = 0; i < n; i++) {
        times += passed[i] == grant;
    }
    CHECK(times == (grant->kind != _PyPolicyGrant_NOTHING &&
                    strcmp(grant->principal, "*") != 0 &&
                    strcmp(grant->principal, "__main__") != 0));
    CHECK((grant->kind == _PyPolicyGrant_TARGETS) == (grant->n_targets > 0));
    if (grant->kind == _PyPolicyGrant_TARGETS) {
        check_targets(grant);
    }
}

static void
check_policy(const _PyPolicy *policy)
{
    for (uint32_t i = 0; i < _PyPolicy_CountGrants(policy) && i < 50; i++) {
        check_grant(policy, i);
    }
    CHECK(_PyPolicy_GrantAt(policy, _PyPolicy_CountGrants(policy)) == NULL);
    const char *const *names;
    uint32_t n = _PyPolicy_AppDirs(policy, &names);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(names[i][0] != '\0');
        (void)_PyPolicy_IsHost(policy, names[i]);
        (void)_PyPolicy_Packages(policy, names[i], &n, &names);
        n = _PyPolicy_AppDirs(policy, &names);
    }
    CHECK(_PyPolicy_Rule(policy, _PyPolicy_CountRules(policy)) == NULL);
    for (uint32_t i = 0; i < _PyPolicy_CountRules(policy) && i < 50; i++) {
        check_rule(policy, _PyPolicy_Rule(policy, i));
    }
}

/* Any bytes at all can be shown, in a buffer of any size. */
static void
check_shown(const char *text, size_t size)
{
    size_t room = 16 + size % 50;
    char *buffer = malloc(room);
    if (buffer != NULL) {
        check_visible(_PyPolicyText_Quote(buffer, room, text, size));
        check_visible(_PyPolicyText_Escape(buffer, room, text, size));
    }
    free(buffer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly that size, so that one byte beyond it is noticed. */
    char *text = malloc(size + (size == 0));
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    _PyPolicyJson doc;
    _PyPolicyJsonError json_error;
    _PyPolicyError error;
    int bad = _PyPolicyJson_Parse(&doc, text, size, &json_error);
    if (bad) {
        check_visible(json_error.what);
        check_place(text, size, json_error.line, json_error.column);
    }
    else {
        check_node(&doc, 0);
        CHECK(doc.nodes[0].end == doc.n_nodes);
    }
    _PyPolicyJson_Clear(&doc);
    _PyPolicy *policy = _PyPolicy_Parse("p\n.json", text, size, NULL,
                                        &error);
    CHECK(!bad || (policy == NULL &&
                   strcmp(error.code, json_error.code) == 0));
    if (policy == NULL) {
        CHECK(error.code[0] != '\0');
        CHECK(strncmp(error.message, "p\\u000a.json:", 13) == 0);
        check_visible(error.message);
        check_place(text, size, error.line, error.column);
        _PyPolicyError_Clear(&error);
    }
    else {
        check_policy(policy);
    }
    _PyPolicy_Free(policy);
    check_shown(text, size);
    free(text);
    return 0;
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
    FILE *file = fopen("crash-policy.json", "wb");
    if (file != NULL) {
        fwrite(current, 1, current_size, file);
        fclose(file);
        fprintf(stderr, "the text is in crash-policy.json\n");
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

static void
change(void)
{
    static const char *const pieces[] = {
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\u0041", "\\ud83d",
        "\\ude00", "\\u0000", "true", "false", "null", "1", "-", "0.5", "e9",
        "\"*\"", "\"__main__\"", "\"a\"", "\"a.b\"", "\"x.pth\"", "\"/a/b\"",
        "\"$hosts\":", "\"$packages\":", "\"$permissions\":", "\"$log\":",
        "\"$mode\":", "\"$app\":", "\"$version\":1", "\"$extends\":",
        "\"$default\":\"deny\"", "\"run\":[", "\"ffi\":", "\"env\":[\"A*\"]",
        "\"write\":[\"$HOME/*\"]", "\"!\"", "**", "?", "/", ":443", "::1",
        "\"builtins.open\":[]", "[]", "{}", "\n", "\r", "\t", "//", "'",
        "\xEF\xBB\xBF", "\xC3\xA9", "\xE2\x80\xAE", "\xF0\x9F\x98\x80",
        "\xED\xA0\x80", "\xC0\xAF", "\xFF", "net", ".", "!",
    };
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
            const char *piece =
                pieces[pick(sizeof(pieces) / sizeof(pieces[0]))];
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

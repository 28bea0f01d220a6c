/* Is there a text that breaks the loader of policies?

   LLVMFuzzerTestOneInput() reads one text as JSON and as a policy, and holds
   the result against what the headers promise: places lie in the text, nodes
   form a tree, texts are UTF-8 without NUL, messages are one visible line,
   every name that a policy holds is found in it again, and the hash tables
   agree with a walk over the lists.  A sanitizer watches the memory. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pycore_policy.h"
#include "pycore_policy_json.h"
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

const char *const fuzz_pieces[] = {
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\u0041", "\\ud83d",
    "\\ude00", "\\u0000", "true", "false", "null", "1", "-", "0.5", "e9",
    "\"*\"", "\"__main__\"", "\"a\"", "\"a.b\"", "\"x.pth\"", "\"/a/b\"",
    "\"$hosts\":", "\"$packages\":", "\"$permissions\":", "\"$log\":",
    "\"$mode\":", "\"$app\":", "\"$version\":1", "\"$extends\":",
    "\"$default\":\"deny\"", "\"run\":[", "\"ffi\":", "\"env\":[\"A*\"]",
    "\"write\":[\"$HOME/*\"]", "\"!\"", "**", "?", "/", ":443", "::1",
    "\"builtins.open\":[]", "[]", "{}", "\n", "\r", "\t", "//", "'",
    "\xEF\xBB\xBF", "\xC3\xA9", "\xE2\x80\xAE", "\xF0\x9F\x98\x80",
    "\xED\xA0\x80", "\xC0\xAF", "\xFF", "net", ".", "!", NULL
};

/* --- Promises ----------------------------------------------------------- */

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
        fuzz_check_visible(_PyPolicyText_Quote(buffer, room, text, size));
        fuzz_check_visible(_PyPolicyText_Escape(buffer, room, text, size));
    }
    free(buffer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly that size and a NUL, so that one byte beyond it is
       noticed. */
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    _PyPolicyJson doc;
    _PyPolicyJsonError json_error;
    _PyPolicyError error;
    int bad = _PyPolicyJson_Parse(&doc, text, size, &json_error);
    if (bad) {
        fuzz_check_visible(json_error.what);
        fuzz_check_place(text, size, json_error.line, json_error.column);
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
        fuzz_check_visible(error.message);
        fuzz_check_place(text, size, error.line, error.column);
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

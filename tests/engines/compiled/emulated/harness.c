/* Runs a kernel once on a record that stands in a file, and writes the record's arrays back, as a foreign processor.
 *
 * The file holds int64 numbers: how many arrays, the bytes of each, how many words, and for each word an array (or -1)
 * and a value; then the arrays' bytes. A word with an array is its address. The kernel's result goes to the output.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int64_t run(const void *record);

static int64_t number(FILE *file) {
    int64_t value;
    if (fread(&value, sizeof value, 1, file) != 1) exit(2);
    return value;
}

int main(int count, char **names) {
    FILE *file = count == 2 ? fopen(names[1], "r+b") : NULL;
    if (!file) return 2;
    int64_t arrays = number(file);
    int64_t *sizes = malloc(arrays * sizeof *sizes);
    char **places = malloc(arrays * sizeof *places);
    for (int64_t i = 0; i < arrays; i++) {
        sizes[i] = number(file);
        places[i] = aligned_alloc(64, (sizes[i] + 127) / 64 * 64);
    }
    int64_t words = number(file);
    int64_t *record = malloc(words * sizeof *record);
    for (int64_t i = 0; i < words; i++) {
        int64_t array = number(file), value = number(file);
        record[i] = array < 0 ? value : (int64_t)places[array];
    }
    long begin = ftell(file);
    for (int64_t i = 0; i < arrays; i++)
        if (fread(places[i], 1, sizes[i], file) != (size_t)sizes[i]) return 2;
    printf("%lld\n", (long long)run(record));
    fseek(file, begin, SEEK_SET);
    for (int64_t i = 0; i < arrays; i++) fwrite(places[i], 1, sizes[i], file);
    return fclose(file);
}

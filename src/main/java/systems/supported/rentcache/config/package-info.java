/**
 * Typed, validated settings from defaults, file, {@code .env}, environment and flags, later ones winning.
 *
 * <p>In: texts and where they came from. Out: {@code Settings}, or every wrong
 * setting at once in one message. Nothing else in the program reads the environment.
 */
package systems.supported.rentcache.config;

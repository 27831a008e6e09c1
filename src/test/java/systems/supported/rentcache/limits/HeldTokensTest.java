package systems.supported.rentcache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import systems.supported.rentcache.limits.HeldTokens.Unspent;

/** The tokens that a node holds: how they are given back and put aside; {@link LeaseTest} has their laws. */
class HeldTokensTest {
    private static final long END = 20;

    private final HeldTokens held = new HeldTokens();

    private void spend(int count) {
        for (int i = 0; i < count; i++) {
            held.spend();
        }
    }

    @Test
    void halfIsSpentWhenNoMoreThanHalfIsLeft() {
        held.add(4, 0, 4, END);
        spend(1);
        assertThat(held.isHalfSpent(0)).isFalse();
        spend(1);
        assertThat(held.isHalfSpent(0)).isTrue();
        spend(2);
        assertThat(held.isHalfSpent(0)).isTrue();
    }

    @Test
    void aTokenThatDidNotCountIsHeldAgain() {
        held.add(2, 7, 2, END);
        spend(1);
        held.unspend(7, 0);
        assertThat(held.available(0)).isEqualTo(2);
        assertThat(held.hasUnspent(0)).isFalse();
    }

    @Test
    void noMoreIsHeldThanTheStoreKnowsOf() {
        held.add(2, 7, 2, END);
        held.unspend(7, 0);
        assertThat(held.available(0)).isEqualTo(2);
        assertThat(held.takeUnspent(0)).isEqualTo(new Unspent(7, 1));
        held.add(5, 7, 4, END);
        assertThat(held.available(0)).isEqualTo(4);
    }

    @Test
    void aTokenOfAnotherWindowIsNotHeldAgain() {
        held.add(2, 7, 2, END);
        spend(1);
        held.unspend(6, 0);
        assertThat(held.available(0)).isEqualTo(1);
        assertThat(held.takeUnspent(0)).isEqualTo(new Unspent(6, 1));
    }

    @Test
    void whatIsPutAsideOfOneWindowAddsUp() {
        held.unspend(7, 0);
        held.unspend(7, 0);
        assertThat(held.hasUnspent(0)).isTrue();
        assertThat(held.takeUnspent(0)).isEqualTo(new Unspent(7, 2));
        assertThat(held.hasUnspent(0)).isFalse();
        assertThat(held.takeUnspent(0).tokens()).isZero();
    }

    @Test
    void ofTwoWindowsLeftoversTheLaterOnesAreKept() {
        held.unspend(7, 0);
        held.unspend(8, 0);
        held.unspend(7, 0);
        assertThat(held.takeUnspent(0)).isEqualTo(new Unspent(8, 1));
        held.unspend(6, 0);
        assertThat(held.takeUnspent(0)).as("where there are no others").isEqualTo(new Unspent(6, 1));
    }

    @Test
    void aWindowWithoutLeftoversKeepsThoseOfTheOneBefore() {
        held.unspend(6, 0);
        held.add(1, 7, 1, END);
        spend(1);
        held.add(1, 8, 1, END);
        assertThat(held.takeUnspent(0)).isEqualTo(new Unspent(6, 1));
    }

    @Test
    void whatIsHeldWhenTheLeaseEndsIsToGoBack() {
        held.add(3, 7, 3, END);
        spend(1);
        assertThat(held.takeUnspent(END - 1).tokens()).isZero();
        assertThat(held.takeUnspent(END)).isEqualTo(new Unspent(7, 2));
        assertThat(held.available(END)).isZero();
        held.add(3, 8, 3, 2 * END);
        assertThat(held.hasUnspent(2 * END - 1)).isFalse();
        assertThat(held.hasUnspent(2 * END)).isTrue();
    }
}

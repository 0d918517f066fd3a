/* SPDX-License-Identifier: GPL-2.0-only */
/* Records as large as a page can hold, and larger: what readers and the ledger tell of them. */
#include "abi_log.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class record_sizes : public clean_test {};

constexpr unsigned own_header = sizeof(kring_load_record);
/* Of a payload: what include/linux/kring.h promises. */
constexpr unsigned overhead = 144;

/* Writes 50 records of one size; those that were committed must all come. */
void write_and_read(unsigned order, unsigned payload, bool fits)
{
	std::string size = std::to_string(payload - own_header);
	load load{"cpus=0 size=16M order=" + std::to_string(order) + " min=" + size + " max=" + size};
	descriptor file = open_channel();
	kernel_log log;
	journal journal;
	kring_ledger ledger;

	load.write(50);
	ledger = ledger_of(file.fd());
	expect_sound(ledger);
	EXPECT_EQ(ledger.committed, fits ? 50U : 0U) << "order " << order << ", " << payload << " bytes";
	EXPECT_EQ(ledger.dropped[KRING_DROP_TOO_BIG], fits ? 0U : 50U);
	EXPECT_EQ(dropped(ledger), ledger.dropped[KRING_DROP_TOO_BIG]);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), ledger.committed);
	EXPECT_EQ(journal.lost(), 0U);
	EXPECT_EQ(log.take(), std::vector<std::string>{}) << "a refused record is counted, not logged";
}

TEST_F(record_sizes, smallest)
{
	for (unsigned payload = own_header; payload < own_header + 9; payload++)
		write_and_read(0, payload, true);
}

TEST_F(record_sizes, largest)
{
	for (unsigned order = 0; order <= KRING_ORDER_MAX; order++)
		write_and_read(order, (4096U << order) - overhead, true);
}

TEST_F(record_sizes, larger)
{
	for (unsigned order = 0; order <= KRING_ORDER_MAX; order++) {
		write_and_read(order, (4096U << order) - overhead + 1, false);
		write_and_read(order, 4096U << order, false);
	}
}

/* Cut to the 16 bits of a record's size field they would be small. */
TEST_F(record_sizes, larger_than_the_size_field)
{
	for (unsigned payload :
	     {KRING_PAYLOAD_MAX, KRING_PAYLOAD_MAX + 1, 65535U, 65536U, 65536U + 16, 65535U + own_header})
		write_and_read(KRING_ORDER_MAX, payload, false);
}

/* Refusals are on the next page's header, for who has only a saved file. */
TEST_F(record_sizes, refusals_are_told_on_pages)
{
	load load{"cpus=0 size=64K min=0 max=8000"};
	descriptor file = open_channel();
	number buffer[65536 / sizeof(number)];
	const auto *page = reinterpret_cast<const kring_page *>(buffer);
	number refused = 0;
	ssize_t got;

	load.write(2000);
	while ((got = read(file.fd(), buffer, 4096)) > 0) {
		EXPECT_GE(page->dropped[KRING_DROP_TOO_BIG], refused);
		refused = page->dropped[KRING_DROP_TOO_BIG];
	}
	EXPECT_GT(refused, 0U);
	EXPECT_LE(refused, ledger_of(file.fd()).dropped[KRING_DROP_TOO_BIG]);
}

} /* namespace */
} /* namespace kring::abi */

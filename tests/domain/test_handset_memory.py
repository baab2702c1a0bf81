"""Memory and storage as people typed them; nearly every text stands in a real list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.handsets.measures import memory_mb, storage_mb


@pytest.mark.parametrize(
    ("internal", "ram", "storage", "memory"),
    [
        ("16/32 GB", "2 GB RAM", (16384, 32768), (2048,)),
        ("512 MB", "", (512,), ()),
        ("4 GB (1.45 GB user available)", "512 MB RAM", (4096,), (512,)),
        ("4 GB (1.65 user available)", "", (4096,), ()),
        ("8.5 GB user available", "", (8704,), ()),
        ("512 MB/ 2 GB", "", (512, 2048), ()),
        ("16GB (3G model); 16/32 GB (LTE model)", "", (16384, 32768), ()),
        ("16 GB(VS501) /32 GB", "1.5 GB RAM", (16384, 32768), (1536,)),
        ("16 GB (RM-940 only)/32 GB", "2 GB RAM", (16384, 32768), (2048,)),
        ("8 GB/ 16 GB (AT&T", "Cricket)| 1 GB RAM", (8192, 16384), (1024,)),
        ("256 MB to 2 GB (depends on region)", "", (256, 2048), ()),
        ("256 MB ROM| 2 GB", "", (2048,), ()),
        ("512 MB ROM", "", (512,), ()),
        ("512 ROM", "256 RAM", (512,), (256,)),
        ("1.5 MB", "", (2,), ()),
        ("500 KB", "384 kB RAM", (), ()),
        ("16", "1 GB RAM", (), (1024,)),
        ("0", "", (), ()),
        ("No", "", (), ()),
        ("ROM varies by region", "", (), ()),
        ("32 GB", "3 GB RAM or 64 GB| 4 GB RAM", (32768, 65536), (3072, 4096)),
        ("32 GB", "3 RAM or 64 GB| 4 GB RAM", (32768, 65536), (3072, 4096)),
        ("16 GB", "2 GB RAM/ 32 GB| 3 GB RAM", (16384, 32768), (2048, 3072)),
        ("16 GB", "2 GB RAM or 32 GB| 3 RAM", (16384, 32768), (2048, 3072)),
        ("16/32 GB", "2 GB RAM/ 64 GB (AT&T| T-Mobile)", (16384, 32768, 65536), (2048,)),
        (
            "64 GB",
            "3/4 GB RAM or 128/256 GB| 6 GB RAM",
            (65536, 131072, 262144),
            (3072, 4096, 6144),
        ),
        ("8 GB (India model)", "16 GB (SEA model)| 1 GB RAM", (8192, 16384), (1024,)),
        ("", "16 GB 1.5 GB RAM", (16384,), (1536,)),
        ("4 GB", "288 MB RAM| 256 MB ROM", (4096,), (288,)),
        ("4 GB", "512 MB ROM| 576 MB RAM", (4096,), (576,)),
        ("4 GB", "512 MB/ 1 GB RAM", (4096,), (512, 1024)),
        ("4 GB", "1 GB or 1.5 GB RAM", (4096,), (1024, 1536)),
        ("8 MB", "128 MB RAM (RM-775)| 128 MB ROM| 64 MB RAM (RM-639)", (8,), (64, 128)),
        ("", "128 MB SDRAM", (), (128,)),
        ("", "512 MB", (), (512,)),
        ("", "3/4 GB", (), (3072, 4096)),
        ("32/128/256 GB", "GB| 2 GB RAM", (32768, 131072, 262144), (2048,)),
        ("64GB 4GB RAM, 128GB 6GB RAM", "", (65536, 131072), (4096, 6144)),
        ("1 TB", "12GB RAM", (1048576,), (12288,)),
        ("99999 TB", "", (), ()),
    ],
)
def test_storage_and_memory(
    internal: str, ram: str, storage: tuple[int, ...], memory: tuple[int, ...]
) -> None:
    assert storage_mb(internal, ram) == storage
    assert memory_mb(ram, internal) == memory


PIECES = [
    "1", "9.5", "16", "999999", "/", "|", "or", "(", ")",
    "KB", "\u212aB", "MB", "GB", "TB", "RAM", "ROM",
]  # fmt: skip
near_misses = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)


@given(near_misses, near_misses)
def test_any_text_is_read_or_left(text: str, other: str) -> None:
    for sizes in (storage_mb(text, other), memory_mb(text, other)):
        assert list(sizes) == sorted(set(sizes))
        assert all(size > 0 for size in sizes)


@given(st.lists(st.integers(1, 512), min_size=1, max_size=4, unique=True), st.integers(1, 64))
def test_storage_and_memory_come_back(storage: list[int], memory: int) -> None:
    text = f"{'/'.join(map(str, storage))} GB"
    assert storage_mb(text, f"{memory} GB RAM") == tuple(sorted(n * 1024 for n in storage))
    assert memory_mb(f"{memory} GB RAM", text) == (memory * 1024,)

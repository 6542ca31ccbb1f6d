"""A file that HR's system drops into a folder is read by the running bot at its pace, and acted upon."""

import httpx2

from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import STAFF, Journey


async def test_who_left_by_a_file_in_the_folder_is_out_of_every_group(company: Journey) -> None:
    j = company
    place = j.folder / "人事导出"
    place.mkdir()
    j.policy += f'\n[sources.folder]\npath = "{place}"\npattern = "*.csv"\n'
    rows = [",".join((*row.cells()[:3], "离职" if row.no == "A006" else row.cells()[3])) for row in STAFF]
    (place / "名册.csv").write_text("\n".join(["工号,姓名,部门,状态", *rows]) + "\n", "utf-8")
    await j.start()
    await j.connect()
    await j.until(lambda: not j.inside(SALES, 20006) and not j.inside(ALL, 20006), "out of both", timeout=60)
    assert j.inside(ALL, 20005)
    code, told = await j.cli("sources")
    assert code == 0
    assert "名册来源 文件夹" in told
    assert "离职 1" in told
    async with httpx2.AsyncClient(trust_env=False) as prometheus:
        lines = (await prometheus.get(f"http://127.0.0.1:{j.port}/metrics")).text.splitlines()
    assert f'qungui_source_people{{source="folder"}} {len(STAFF)}.0' in lines
    assert 'qungui_source_failed{source="folder"} 0.0' in lines
    assert {"qungui_source_last_good", "qungui_source_last_run"} <= {line.partition("{")[0] for line in lines}

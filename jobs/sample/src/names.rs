//! Invented names: no brand, shop or company of the sample lake exists.

use crate::random::Stream;

/// First parts of brand names, English and Chinese.
const HEADS: [(&str, &str); 30] = [
    ("Velqu", "维蔻"),
    ("Zolm", "佐姆"),
    ("Ambrix", "安布锐"),
    ("Threnn", "施仑"),
    ("Ploh", "珀罗"),
    ("Xanb", "赞柏"),
    ("Drelv", "德芮"),
    ("Kwemb", "葵姆"),
    ("Ostrin", "奥斯琳"),
    ("Quill", "羽洛"),
    ("Fjorr", "斐约"),
    ("Myrsk", "弥尔"),
    ("Haldu", "哈都"),
    ("Ibbix", "伊璧"),
    ("Noxw", "诺珂"),
    ("Ruvv", "鲁梵"),
    ("Saldr", "萨卓"),
    ("Tivvol", "缇沃"),
    ("Umbrel", "昂碧"),
    ("Wexl", "薇仕"),
    ("Yarrov", "雅洛夫"),
    ("Brontel", "布朗特"),
    ("Celvan", "瑟梵"),
    ("Gryph", "格瑞"),
    ("Jorvik", "卓维"),
    ("Lumaq", "露玛"),
    ("Pendrel", "潘德"),
    ("Skarn", "斯卡"),
    ("Vintrel", "文翠"),
    ("Eskol", "艾可"),
];

/// Second parts of brand names.
const TAILS: [(&str, &str); 30] = [
    ("ano", "诺"),
    ("ique", "客"),
    ("or", "尔"),
    ("eth", "思"),
    ("ara", "雅"),
    ("um", "恩"),
    ("elle", "爱"),
    ("oss", "奥"),
    ("iva", "娃"),
    ("ent", "登"),
    ("uri", "芮"),
    ("alt", "特"),
    ("enza", "臻"),
    ("olin", "林"),
    ("ax", "仕"),
    ("ode", "德"),
    ("iard", "雅德"),
    ("usk", "斯克"),
    ("emme", "漫"),
    ("ith", "颂"),
    ("onde", "栋"),
    ("ully", "莉"),
    ("ehr", "赫"),
    ("istan", "斯坦"),
    ("oway", "威"),
    ("ern", "恩思"),
    ("ulu", "露"),
    ("ance", "昂"),
    ("ifex", "菲"),
    ("orra", "蕊"),
];

/// What a category sells.
pub(crate) struct Category {
    /// Typical list price in fen.
    pub(crate) median_minor: f64,
    /// Nouns, Chinese.
    pub(crate) zh: &'static [&'static str],
    /// Nouns, English.
    pub(crate) en: &'static [&'static str],
}

/// The marketplace's categories; `category_id` is 100 plus the position.
pub(crate) const CATEGORIES: [Category; 10] = [
    Category {
        median_minor: 62_000.0,
        zh: &["运动鞋", "跑步鞋", "板鞋", "篮球鞋"],
        en: &["sneakers", "running shoes", "court shoes"],
    },
    Category {
        median_minor: 310_000.0,
        zh: &["手提包", "斜挎包", "钱包", "双肩包"],
        en: &["handbag", "crossbody bag", "wallet"],
    },
    Category {
        median_minor: 89_000.0,
        zh: &["蓝牙耳机", "头戴耳机", "音箱"],
        en: &["earbuds", "headphones", "speaker"],
    },
    Category {
        median_minor: 34_000.0,
        zh: &["面霜", "精华液", "口红", "防晒霜"],
        en: &["face cream", "serum", "lipstick", "sunscreen"],
    },
    Category { median_minor: 480_000.0, zh: &["机械表", "石英表", "手表"], en: &["watch", "chronograph"] },
    Category {
        median_minor: 120_000.0,
        zh: &["冲锋衣", "羽绒服", "夹克"],
        en: &["shell jacket", "down jacket", "hoodie"],
    },
    Category {
        median_minor: 26_000.0, zh: &["积木", "玩偶", "模型"], en: &["brick set", "plush toy", "model kit"]
    },
    Category {
        median_minor: 9_900.0, zh: &["充电器", "数据线", "充电宝"], en: &["charger", "cable", "power bank"]
    },
    Category {
        median_minor: 23_000.0,
        zh: &["净水滤芯", "剃须刀头", "电动牙刷"],
        en: &["water filter", "razor heads", "toothbrush"],
    },
    Category {
        median_minor: 18_000.0,
        zh: &["鱼油", "维生素", "蛋白粉"],
        en: &["fish oil", "vitamins", "protein powder"],
    },
];

/// Time zones of brand owners with the language of their reports; the first ones come up most.
pub(crate) const HOMES: [(&str, &str); 8] = [
    ("Asia/Shanghai", "zh-CN"),
    ("Europe/Paris", "en"),
    ("America/New_York", "en"),
    ("Asia/Tokyo", "en"),
    ("America/Los_Angeles", "en"),
    ("Asia/Shanghai", "en"),
    ("Pacific/Auckland", "en"),
    ("Asia/Shanghai", "zh-CN"),
];

/// The English and Chinese name of the `index`-th brand (below 900). All differ.
pub(crate) fn brand(index: u32) -> (String, String) {
    let head = HEADS[index as usize % HEADS.len()];
    let tail = TAILS[(index as usize / HEADS.len() + index as usize * 7) % TAILS.len()];
    (format!("{}{}", head.0, tail.0), format!("{}{}", head.1, tail.1))
}

const SHOP_ZH: [&str; 24] = [
    "青禾", "云杉", "南屿", "拾光", "木槿", "望舒", "西岭", "溪午", "半夏", "白鹭", "远山", "知夏", "听澜", "北屿",
    "春山", "松间", "小满", "麦浪", "星野", "初棠", "栖木", "鹿鸣", "海角", "暖阳",
];
const SHOP_ZH_KIND: [&str; 10] =
    ["专营店", "旗舰店", "小铺", "数码馆", "鞋服行", "优选", "海外购", "生活馆", "折扣仓", "精品店"];
const SHOP_EN: [&str; 20] = [
    "Maple", "Harbor", "Juniper", "Lantern", "Copper", "Willow", "Granite", "Saffron", "Meadow", "Orchard", "Cinder",
    "Bramble", "Cobalt", "Drift", "Ember", "Fathom", "Gable", "Hollow", "Indigo", "Kestrel",
];
const SHOP_EN_KIND: [&str; 10] =
    ["Outlet", "Trading", "Store", "Select", "Bazaar", "Mart", "Depot", "Direct", "Goods", "Corner"];

/// A shop's name.
pub(crate) fn shop(stream: &mut Stream) -> String {
    if stream.chance(720) {
        let (one, two) = (stream.pick(&SHOP_ZH), stream.pick(&SHOP_ZH));
        format!("{one}{two}{}", stream.pick(&SHOP_ZH_KIND))
    } else {
        let (one, two) = (stream.pick(&SHOP_EN), stream.pick(&SHOP_EN));
        format!("{one} {two} {}", stream.pick(&SHOP_EN_KIND))
    }
}

const OWNER_EN: [&str; 6] = ["Holding SA", "Group Inc.", "International Ltd.", "Brands GmbH", "K.K.", "Industries plc"];
const OWNER_ZH: [&str; 4] = ["有限公司", "品牌管理有限公司", "集团股份有限公司", "贸易（上海）有限公司"];

/// The company that owns a brand.
pub(crate) fn owner(stream: &mut Stream, en: &str, zh: &str, chinese: bool) -> String {
    if chinese { format!("{zh}{}", stream.pick(&OWNER_ZH)) } else { format!("{en} {}", stream.pick(&OWNER_EN)) }
}

const LINES: [&str; 16] = [
    "Aero", "Classic", "Pro", "Lite", "Urban", "Trail", "Heritage", "Studio", "Nova", "Prime", "Mini", "Max", "Pure",
    "Origin", "Flow", "Edge",
];

/// A product's name without its brand: line and number.
pub(crate) fn model(stream: &mut Stream) -> String {
    format!("{} {}", stream.pick(&LINES), stream.between(2, 98) * 10 + stream.between(0, 1) * 5)
}

const BOAST_ZH: [&str; 12] = [
    "新款",
    "男女同款",
    "包邮",
    "现货速发",
    "专柜同款",
    "2026秋冬",
    "限时特惠",
    "官方授权",
    "正品保障",
    "礼盒装",
    "学生党",
    "送礼",
];
const BOAST_EN: [&str; 8] =
    ["new season", "free shipping", "in stock", "gift box", "authentic", "best price", "2026", "unisex"];

/// A listing's title: mostly Chinese, as the market's are.
pub(crate) fn title(stream: &mut Stream, brand: Option<(&str, &str)>, category: usize, model: &str) -> String {
    let category = &CATEGORIES[category % CATEGORIES.len()];
    let (en, zh) = brand.unwrap_or(("", ""));
    match stream.below(10) {
        0..=5 => {
            let noun = stream.pick(category.zh);
            let boast = stream.pick(&BOAST_ZH);
            format!("{zh}{en} {model} {noun} {boast}").trim_start().to_owned()
        }
        6 | 7 => {
            let (one, two) = (stream.pick(&BOAST_ZH), stream.pick(&BOAST_ZH));
            format!("【{one}】{zh}{}{model}{two}", stream.pick(category.zh))
        }
        _ => {
            let noun = stream.pick(category.en);
            format!("{en} {model} {noun}, {}", stream.pick(&BOAST_EN)).trim_start().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn brand_names_differ() {
        let mut names: Vec<_> = (0..900).map(super::brand).collect();
        names.sort();
        names.dedup_by(|a, b| a.0 == b.0);
        assert_eq!(names.len(), 900);
    }
}
